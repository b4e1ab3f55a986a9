package io.aom.alarm.query;

import io.aom.alarm.state.Sample;
import java.util.List;

/** What came of asking a condition. Only {@link Complete} may change an alarm. */
public sealed interface Answer {
  /** Everything that was known at the asked time is in it; empty means that nothing holds. */
  record Complete(List<Sample> samples) implements Answer {
    public Complete {
      samples = List.copyOf(samples);
    }
  }

  /** Not known yet: the data lags, some of it cannot be reached, or nobody answered. Ask again. */
  record Unsettled(String reason) implements Answer {}

  /** Not answered within the time that there is. Ask again, but somebody should know. */
  record TimedOut(String reason) implements Answer {}

  /** Given up by metrics-service after the time that there is; likely to take as long again. */
  record TooLong(String reason) implements Answer {}

  /** The question is wrong; asking again does not help. */
  record Refused(String reason) implements Answer {}
}
