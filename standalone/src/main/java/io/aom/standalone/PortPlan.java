package io.aom.standalone;

import io.aom.localstack.Ports;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import java.util.function.IntUnaryOperator;

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

  /**
   * The well-known ports, or with a port given that one for the gateway and free ones for the rest.
   * What only AOM itself talks to moves out of the way of others; what agents and people are told
   * does not.
   */
  static PortPlan choose(OptionalInt port) {
    if (port.isPresent()) {
      IntSupplier any = Ports::free;
      return new PortPlan(
          port.getAsInt(),
          any.getAsInt(),
          any.getAsInt(),
          any.getAsInt(),
          any.getAsInt(),
          any.getAsInt(),
          any.getAsInt(),
          any.getAsInt(),
          any.getAsInt(),
          any.getAsInt(),
          any.getAsInt(),
          any.getAsInt());
    }
    IntUnaryOperator rather = known -> Ports.isFree(known) ? known : Ports.free();
    return new PortPlan(
        GATEWAY,
        OTLP_HTTP,
        OTLP_GRPC,
        rather.applyAsInt(8081),
        rather.applyAsInt(8082),
        rather.applyAsInt(8083),
        rather.applyAsInt(8084),
        rather.applyAsInt(8085),
        rather.applyAsInt(9092),
        rather.applyAsInt(9093),
        rather.applyAsInt(9200),
        rather.applyAsInt(9300));
  }

  /** Throws if a port that the outside is told is taken. */
  void check() throws UsageException {
    Preflight.port(gateway, "console and APIs");
    Preflight.port(otlpHttp, "OTLP/HTTP");
    Preflight.port(otlpGrpc, "OTLP/gRPC");
  }

  String url() {
    return url(gateway);
  }

  static String url(int port) {
    return "http://127.0.0.1:" + port;
  }
}
