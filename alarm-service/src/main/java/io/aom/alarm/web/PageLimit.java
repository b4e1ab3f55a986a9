package io.aom.alarm.web;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;

/** How many items a caller may ask for at once. */
final class PageLimit {
  private static final int MAX = 1_000;

  private PageLimit() {}

  static int of(int limit) {
    if (limit < 1 || limit > MAX) {
      throw new RejectedException(
          Problem.BAD_REQUEST, "limit: " + limit + " (expected: 1.." + MAX + ")");
    }
    return limit;
  }
}
