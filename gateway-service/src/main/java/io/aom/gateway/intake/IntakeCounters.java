package io.aom.gateway.intake;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.LongAdder;

/** What is counted for each request with telemetry: its protocol and how it ended. */
public final class IntakeCounters {
  private final LongAdder httpAccepted = new LongAdder();
  private final LongAdder httpRefused = new LongAdder();
  private final LongAdder grpcAccepted = new LongAdder();
  private final LongAdder grpcRefused = new LongAdder();
  private final LongAdder grpcConnectionsRefused = new LongAdder();

  void http(int status) {
    (status < 400 ? httpAccepted : httpRefused).increment();
  }

  void grpc(int status) {
    (status < 400 ? grpcAccepted : grpcRefused).increment();
  }

  void grpcConnectionRefused() {
    grpcConnectionsRefused.increment();
  }

  /** Publishes the counts. */
  public void bindTo(MeterRegistry registry) {
    bind(registry, httpAccepted, "http", "accepted");
    bind(registry, httpRefused, "http", "refused");
    bind(registry, grpcAccepted, "grpc", "accepted");
    bind(registry, grpcRefused, "grpc", "refused");
    FunctionCounter.builder(
            "aom.gateway.grpc.connections.refused", grpcConnectionsRefused, LongAdder::doubleValue)
        .register(registry);
  }

  private static void bind(
      MeterRegistry registry, LongAdder count, String protocol, String outcome) {
    FunctionCounter.builder("aom.gateway.intake.requests", count, LongAdder::doubleValue)
        .tag("protocol", protocol)
        .tag("outcome", outcome)
        .register(registry);
  }
}
