package io.aom.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.aom.identity.Identity;
import io.aom.identity.IdentityTokens;
import io.aom.identity.InvalidIdentityException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** A service behind the gateway, on a real socket: notes what arrives and answers as told. */
final class Backend implements AutoCloseable {
  /** A request as it arrived. */
  record Received(String method, URI uri, Map<String, List<String>> headers, byte[] body) {
    String header(String name) {
      List<String> values = headers.get(name.toLowerCase(java.util.Locale.ROOT));
      return values == null ? null : values.getFirst();
    }

    Identity identity(IdentityTokens tokens) throws InvalidIdentityException {
      return tokens.verify(header(IdentityTokens.HEADER));
    }
  }

  /** What it does with a request whose body it has read. */
  interface Behaviour {
    void answer(HttpExchange exchange, byte[] body) throws IOException;
  }

  final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  volatile Behaviour behaviour = (exchange, body) -> reply(exchange, 200, "text/plain", "ok");
  private final HttpServer server;

  Backend() {
    this(0);
  }

  Backend(int port) {
    try {
      server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  static void reply(HttpExchange exchange, int status, String contentType, String body)
      throws IOException {
    reply(exchange, status, contentType, body.getBytes());
  }

  static void reply(HttpExchange exchange, int status, String contentType, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", contentType);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    Map<String, List<String>> headers = new ConcurrentHashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), values));
    received.add(
        new Received(exchange.getRequestMethod(), exchange.getRequestURI(), headers, body));
    behaviour.answer(exchange, body);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
