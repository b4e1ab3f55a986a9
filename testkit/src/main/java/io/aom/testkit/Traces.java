package io.aom.testkit;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.ObservationView;
import io.micrometer.observation.transport.SenderContext;
import java.util.Objects;

/** Shows of a call to another service whether it is observed and what it belongs to. */
public final class Traces {
  /** The header that an observed call carries. */
  public static final String HEADER = "traceparent";

  private Traces() {}

  /**
   * Observations whose calls carry, instead of ids of a trace, the name of the observation they
   * belong to; {@code none} if there is none.
   */
  public static ObservationRegistry observations() {
    ObservationRegistry registry = ObservationRegistry.create();
    registry.observationConfig().observationHandler(new Marking());
    return registry;
  }

  private static final class Marking implements ObservationHandler<Observation.Context> {
    @Override
    public boolean supportsContext(Observation.Context context) {
      return true;
    }

    @Override
    public void onStart(Observation.Context context) {
      if (context instanceof SenderContext<?> sender) {
        mark(sender);
      }
    }

    private static <C> void mark(SenderContext<C> sender) {
      ObservationView parent = sender.getParentObservation();
      sender
          .getSetter()
          .set(
              Objects.requireNonNull(sender.getCarrier(), "carrier"),
              HEADER,
              parent == null ? "none" : String.valueOf(parent.getContextView().getName()));
    }
  }
}
