package io.aom.standalone;

import io.aom.localstack.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which port everything listens on, all on loopback.
 *
 * @param gateway console and all APIs
 * @param otlpHttp OTLP over HTTP
 * @param otlpGrpc OTLP over gRPC
 */
record PortPlan(
    int gateway,
    int otlpHttp,
    int otlpGrpc,
    int ingest,
    int metrics,
    int log,
    int topology,
    int alarm,
    int kafka,
    int kafkaController,
    int openSearch,
    int openSearchTransport) {
  static final int GATEWAY = 8080;
  static final int OTLP_HTTP = 4318;
  static final int OTLP_GRPC = 4317;

  private static final PortPlan WELL_KNOWN =
      new PortPlan(
          GATEWAY, OTLP_HTTP, OTLP_GRPC, 8081, 8082, 8083, 8084, 8085, 9092, 9093, 9200, 9300);

  /**
   * The well-known ports, or with another port given that one for the gateway and free ones for the
   * rest: those that it had before, so that agents find it after a restart. What only AOM itself
   * talks to moves out of the way of others; what agents and people are told by documents does not.
   *
   * @param before plan of the last start on the same data
   * @param others ports of other servers, which may not listen yet
   */
  static PortPlan choose(OptionalInt port, Optional<PortPlan> before, WebhookPorts others) {
    int gateway = port.orElse(GATEWAY);
    boolean known = gateway == GATEWAY;
    Optional<PortPlan> rather =
        known ? Optional.of(WELL_KNOWN) : before.filter(plan -> plan.gateway == gateway);
    // A port is free until its server starts, so the plan itself must not name one twice.
    Set<Integer> taken =
        new HashSet<>(known ? Set.of(gateway, OTLP_HTTP, OTLP_GRPC) : Set.of(gateway));
    taken.addAll(others.ports());
    ToIntFunction<ToIntFunction<PortPlan>> free =
        of -> {
          int chosen = rather.map(of::applyAsInt).orElse(0);
          while (chosen == 0 || taken.contains(chosen) || !Ports.isFree(chosen)) {
            chosen = Ports.free();
          }
          taken.add(chosen);
          return chosen;
        };
    return new PortPlan(
        gateway,
        known ? OTLP_HTTP : free.applyAsInt(PortPlan::otlpHttp),
        known ? OTLP_GRPC : free.applyAsInt(PortPlan::otlpGrpc),
        free.applyAsInt(PortPlan::ingest),
        free.applyAsInt(PortPlan::metrics),
        free.applyAsInt(PortPlan::log),
        free.applyAsInt(PortPlan::topology),
        free.applyAsInt(PortPlan::alarm),
        free.applyAsInt(PortPlan::kafka),
        free.applyAsInt(PortPlan::kafkaController),
        free.applyAsInt(PortPlan::openSearch),
        free.applyAsInt(PortPlan::openSearchTransport));
  }

  /** The plan that was written there; empty if none was, or by a version that says it otherwise. */
  static Optional<PortPlan> read(Path file) throws IOException {
    try {
      return Optional.of(JsonMapper.shared().readValue(Files.readString(file), PortPlan.class));
    } catch (NoSuchFileException | JacksonException e) {
      return Optional.empty();
    }
  }

  void write(Path file) throws IOException {
    Files.writeString(file, JsonMapper.shared().writeValueAsString(this));
  }

  /** Throws if a port that the outside is told is taken. */
  void check() throws UsageException {
    Preflight.port(gateway, "console and APIs");
    Preflight.port(otlpHttp, "OTLP/HTTP");
    Preflight.port(otlpGrpc, "OTLP/gRPC");
  }

  /** Every port that AOM itself listens on. */
  Set<Integer> all() {
    return new TreeSet<>(
        List.of(
            gateway,
            otlpHttp,
            otlpGrpc,
            ingest,
            metrics,
            log,
            topology,
            alarm,
            kafka,
            kafkaController,
            openSearch,
            openSearchTransport));
  }

  String url() {
    return url(gateway);
  }

  static String url(int port) {
    return "http://127.0.0.1:" + port;
  }
}
