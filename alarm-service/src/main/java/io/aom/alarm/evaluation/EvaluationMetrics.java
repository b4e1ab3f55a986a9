package io.aom.alarm.evaluation;

import java.time.Duration;

/** What evaluation counts. Safe for use by many threads. */
public interface EvaluationMetrics {
  /** How one attempt to evaluate a tick ended. */
  enum Outcome {
    /** The answer was complete and every change is stored. */
    EVALUATED,
    /**
     * No answer in time, or the data was not complete at the tick yet; the states stay, the tick is
     * tried again.
     */
    UNSETTLED,
    /** The condition cannot be evaluated, or takes too long; the tick is passed over. */
    REFUSED
  }

  /**
   * @param lag between the tick and now
   */
  void attempted(Outcome outcome, Duration lag);

  /** Ticks that were too old to be caught up. */
  void passedOver(long ticks);

  /** An alarm came into a state, named as on the wire. */
  void changed(String state);
}
