package io.aom.ingest.intake;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What intake tells of itself: received = accepted + refused, in items; and each request with its
 * duration and outcome. No tenant is named, since tenants can be many. Thread-safe.
 */
public final class IntakeMetrics {
  private final MeterRegistry registry;
  private final Map<Signal, Counter> accepted = new EnumMap<>(Signal.class);
  private final Map<Signal, Counter> wire = new EnumMap<>(Signal.class);
  private final Map<Signal, Counter> decoded = new EnumMap<>(Signal.class);

  /** The registry would make a key of all tags for each look-up. */
  private final Map<Outcome, Timer> requests = new ConcurrentHashMap<>();

  private record Outcome(String protocol, int status) {}

  public IntakeMetrics(MeterRegistry registry) {
    this.registry = registry;
    for (Signal signal : Signal.values()) {
      accepted.put(signal, counter("aom.ingest.accepted.items", signal));
      wire.put(signal, counter("aom.ingest.wire.bytes", signal));
      decoded.put(signal, counter("aom.ingest.decoded.bytes", signal));
    }
  }

  /** Items that Kafka has acknowledged. */
  public void accepted(Signal signal, long items) {
    of(accepted, signal).increment((double) items);
  }

  public void refused(Signal signal, RefusalReason reason, long items) {
    registry
        .counter("aom.ingest.refused.items", "signal", signal.label(), "reason", reason.label())
        .increment((double) items);
  }

  public void body(Signal signal, long wireBytes, long decodedBytes) {
    of(wire, signal).increment((double) wireBytes);
    of(decoded, signal).increment((double) decodedBytes);
  }

  /**
   * @param protocol a few fixed words
   * @param status HTTP status of the answer
   */
  public void request(String protocol, int status, Duration duration) {
    requests
        .computeIfAbsent(
            new Outcome(protocol, status),
            outcome ->
                Timer.builder("aom.ingest.requests")
                    .tag("protocol", outcome.protocol())
                    .tag("status", Integer.toString(outcome.status()))
                    .register(registry))
        .record(duration);
  }

  private Counter counter(String name, Signal signal) {
    return registry.counter(name, "signal", signal.label());
  }

  private static Counter of(Map<Signal, Counter> counters, Signal signal) {
    return java.util.Objects.requireNonNull(counters.get(signal));
  }
}
