package io.aom.ingest.otlp;

import io.aom.ingest.intake.IntakeEndpoint;
import io.aom.ingest.intake.Signal;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** The endpoint of each signal. */
public final class OtlpEndpoints {
  private final Map<Signal, IntakeEndpoint> bySignal = new EnumMap<>(Signal.class);

  OtlpEndpoints(Function<Signal, IntakeEndpoint> maker) {
    for (Signal signal : Signal.values()) {
      bySignal.put(signal, maker.apply(signal));
    }
  }

  public IntakeEndpoint of(Signal signal) {
    return Objects.requireNonNull(bySignal.get(signal));
  }
}
