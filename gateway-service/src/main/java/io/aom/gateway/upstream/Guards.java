package io.aom.gateway.upstream;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/** One guard for each service; intake and queries of ingest have one each. */
public final class Guards {
  private final Guard intake;
  private final Map<Service, Guard> queries = new EnumMap<>(Service.class);

  /**
   * @param intakeConcurrent requests with telemetry under way at once
   * @param queryConcurrent other requests under way at once, for each service
   */
  public Guards(
      int intakeConcurrent, Duration intakeTimeout, int queryConcurrent, Duration queryTimeout) {
    this.intake = new Guard(Service.INGEST, intakeConcurrent, intakeTimeout);
    for (Service service : Service.values()) {
      queries.put(service, new Guard(service, queryConcurrent, queryTimeout));
    }
  }

  public Guard intake() {
    return intake;
  }

  public Guard query(Service service) {
    Guard guard = queries.get(service);
    if (guard == null) {
      throw new IllegalArgumentException("service: " + service + " (expected: a known one)");
    }
    return guard;
  }

  /** Publishes the state of each breaker and how full each bulkhead is. */
  public void bindTo(MeterRegistry registry) {
    bind(registry, intake, "intake");
    queries.values().forEach(guard -> bind(registry, guard, "query"));
  }

  private static void bind(MeterRegistry registry, Guard guard, String use) {
    gauge(registry, "aom.gateway.breaker.open", guard, use, Guards::openness);
    gauge(
        registry,
        "aom.gateway.calls.under.way",
        guard,
        use,
        g -> {
          Bulkhead.Metrics metrics = g.bulkhead().getMetrics();
          return (double)
              (metrics.getMaxAllowedConcurrentCalls() - metrics.getAvailableConcurrentCalls());
        });
  }

  /** 0 closed, 0.5 half open, 1 open. */
  private static double openness(Guard guard) {
    CircuitBreaker.State state = guard.breaker().getState();
    return switch (state) {
      case OPEN, FORCED_OPEN -> 1;
      case HALF_OPEN -> 0.5;
      case CLOSED, DISABLED, METRICS_ONLY -> 0;
    };
  }

  private static void gauge(
      MeterRegistry registry, String name, Guard guard, String use, Function<Guard, Double> value) {
    Gauge.builder(name, guard, value::apply)
        .tag("service", guard.service().wireName())
        .tag("use", use)
        .register(registry);
  }
}
