package io.aom.bench.latency;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Receives notifications of alarms and notes when the first one of each probe came. */
final class Webhook implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpServer server;
  private final Map<String, Long> arrivals = new ConcurrentHashMap<>();

  Webhook() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::receive);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** When it was told that the alarm of a probe fires, as {@link System#nanoTime} has it. */
  OptionalLong arrival(String probe) {
    Long nanos = arrivals.get(probe);
    return nanos == null ? OptionalLong.empty() : OptionalLong.of(nanos);
  }

  private void receive(HttpExchange exchange) throws IOException {
    long now = System.nanoTime();
    try (exchange) {
      note(JSON.readTree(exchange.getRequestBody().readAllBytes()), now);
      exchange.sendResponseHeaders(200, -1);
    }
  }

  /** Takes Alertmanager's payload. */
  void note(JsonNode payload, long nanos) {
    for (JsonNode alert : payload.path("alerts")) {
      if (alert.path("status").asString("").equals("firing")) {
        arrivals.putIfAbsent(alert.at("/labels/probe").asString(""), nanos);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
