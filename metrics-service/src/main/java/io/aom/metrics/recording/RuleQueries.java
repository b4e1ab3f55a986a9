package io.aom.metrics.recording;

import io.aom.telemetry.TenantId;
import java.util.List;

/** Evaluates the rules' queries. Safe for use by many threads. */
interface RuleQueries {

  /** What came of a query. */
  sealed interface Answer {
    /** Of everything that was acknowledged until the asked time. */
    record Complete(List<Recorded> samples) implements Answer {
      public Complete {
        samples = List.copyOf(samples);
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
}
