package io.aom.metrics.recording;

import io.aom.metrics.series.Labels;
import io.aom.telemetry.TenantId;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Evaluates the rules' queries. Safe for use by many threads. */
interface RuleQueries {

  /** What came of a query. */
  sealed interface Answer {
    /** Of everything that was acknowledged until the asked time. */
    record Complete(List<Recorded> samples) implements Answer {
      public Complete {
        samples = List.copyOf(samples);
      }

      /** Of all samples. */
      Set<Labels> labels() {
        return samples.stream().map(Recorded::labels).collect(Collectors.toSet());
      }
    }

    /** Not to be had yet; ask again. */
    record Unsettled(String reason) implements Answer {}

    /** Asking again would not help. */
    record Refused(String reason) implements Answer {}
  }

  /**
   * @param timeMillis epoch milliseconds of the instant
   * @param ownWrites whether the answer must hold all that was acknowledged before the question
   */
  Answer ask(TenantId tenant, String expr, long timeMillis, boolean ownWrites)
      throws InterruptedException;

  /**
   * The series of a name that have samples within a time, of which markers are none; each with its
   * last one.
   *
   * @param startMillis epoch milliseconds
   * @param endMillis the same, not before the start; both are within the time
   */
  default Answer stored(TenantId tenant, String name, long startMillis, long endMillis)
      throws InterruptedException {
    long rangeMillis = endMillis - startMillis + 1; // open on the left
    String selector = "{" + Labels.NAME + "=" + Labels.quote(name) + "}";
    return ask(tenant, "last_over_time(" + selector + "[" + rangeMillis + "ms])", endMillis, true);
  }
}
