package io.aom.service.documents;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;

/** How many items a caller may ask for at once. */
public final class PageLimit {
  private static final int MAX = 1_000;

  private PageLimit() {}

  /**
   * @throws RejectedException with 400 if it is none of 1 to 1,000
   */
  public static int of(int limit) {
    if (limit < 1 || limit > MAX) {
      throw new RejectedException(
          Problem.BAD_REQUEST, "limit: " + limit + " (expected: 1.." + MAX + ")");
    }
    return limit;
  }
}
