package io.aom.e2e;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A receiver of webhooks on loopback that takes everything. */
final class Receiver implements AutoCloseable {
  private final HttpServer server;
  private final List<JsonNode> calls = new CopyOnWriteArrayList<>();

  // AOM spares a receiver that did not answer for a while; one of another test is not this one.
  private final String path = "/hook/" + UUID.randomUUID();

  private Receiver(HttpServer server) {
    this.server = server;
  }

  static Receiver start(int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    Receiver receiver = new Receiver(server);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          receiver.calls.add(
              JsonMapper.shared().readTree(new String(body, StandardCharsets.UTF_8)));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    return receiver;
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  /** Bodies that came for a rule of that name, oldest first. */
  List<JsonNode> callsOf(String rule) {
    return calls.stream()
        .filter(call -> call.at("/groupLabels/alertname").asString("").equals(rule))
        .toList();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
