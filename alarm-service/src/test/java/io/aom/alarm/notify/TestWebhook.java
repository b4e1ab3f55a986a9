package io.aom.alarm.notify;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A real receiver on loopback that behaves as it is told, also badly. */
public final class TestWebhook implements AutoCloseable {
  /** How it behaves. */
  public enum Behaviour {
    ACCEPT,
    FAIL_500,
    TOO_MANY_429,
    NOT_FOUND_404,
    REDIRECT,
    HANG,
    DRIP,
    CLOSE,
    FLOOD
  }

  /** What it was sent. */
  public record Call(String path, String idempotencyKey, String contentType, String body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Behaviour behaviour = Behaviour.ACCEPT;

  public TestWebhook() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook?token=secret";
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public void behave(Behaviour next) {
    behaviour = next;
  }

  public List<Call> calls() {
    return calls;
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    calls.add(
        new Call(
            exchange.getRequestURI().getPath(),
            header(exchange, "Idempotency-Key"),
            header(exchange, "Content-Type"),
            body));
    try {
      answer(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      exchange.close();
    }
  }

  private void answer(HttpExchange exchange) throws IOException, InterruptedException {
    switch (behaviour) {
      case ACCEPT -> exchange.sendResponseHeaders(204, -1);
      case FAIL_500 -> exchange.sendResponseHeaders(500, -1);
      case TOO_MANY_429 -> exchange.sendResponseHeaders(429, -1);
      case NOT_FOUND_404 -> exchange.sendResponseHeaders(404, -1);
      case REDIRECT -> {
        exchange.getResponseHeaders().set("Location", "http://127.0.0.1:" + port() + "/elsewhere");
        exchange.sendResponseHeaders(302, -1);
      }
      case HANG -> closed.await(1, TimeUnit.MINUTES);
      case DRIP -> {
        exchange.sendResponseHeaders(200, 0);
        while (!closed.await(50, TimeUnit.MILLISECONDS)) {
          exchange.getResponseBody().write('.');
          exchange.getResponseBody().flush();
        }
      }
      case CLOSE -> exchange.close();
      case FLOOD -> {
        exchange.sendResponseHeaders(200, 0);
        byte[] much = new byte[64 * 1024];
        while (closed.getCount() > 0) {
          exchange.getResponseBody().write(much);
        }
      }
    }
  }

  private static String header(HttpExchange exchange, String name) {
    @Nullable String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.close();
  }
}
