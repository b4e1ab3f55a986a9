package io.aom.fuzz;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The targets by the names under which {@code ./aom fuzz} knows them. */
final class Targets {
  static final Map<String, Supplier<Target>> ALL =
      new TreeMap<>(
          Map.of(
              "wire", WireTarget::new,
              "chunk", ChunkTarget::new,
              "promql", PromqlTarget::new,
              "logquery", LogQueryTarget::new,
              "remote-write-1", () -> new RemoteWriteTarget(false),
              "remote-write-2", () -> new RemoteWriteTarget(true),
              "otlp-metrics", OtlpMetricsTarget::new,
              "otlp-logs", OtlpLogsTarget::new,
              "otlp-spans", OtlpSpansTarget::new));

  private Targets() {}

  static Target named(String name) {
    Supplier<Target> target = ALL.get(name);
    if (target == null) {
      throw new IllegalArgumentException("target: " + name + " (expected: " + ALL.keySet() + ")");
    }
    return target.get();
  }
}
