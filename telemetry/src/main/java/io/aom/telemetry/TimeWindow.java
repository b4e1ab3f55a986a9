package io.aom.telemetry;

import java.time.Instant;

/** Half-open window of time {@code [start, end)}. */
public record TimeWindow(Instant start, Instant end) {
  public TimeWindow {
    if (!start.isBefore(end)) {
      throw new RejectedException(
          Problem.BAD_REQUEST, "end: " + end + " (expected: after start " + start + ")");
    }
  }

  public long startMillis() {
    return start.toEpochMilli();
  }

  public long endMillis() {
    return end.toEpochMilli();
  }
}
