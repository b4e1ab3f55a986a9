package io.aom.alarm.query;

import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.time.Instant;

/** Answers whether a condition holds. Safe for use by many threads. */
public interface ConditionQueries {
  /**
   * Asks for the series that {@code promql} returns for {@code tenant} at {@code at}. Blocks within
   * a bound; throws nothing for what can go wrong on the way.
   *
   * @param patience how long the answer is of use; some time is granted in any case, and no more
   *     than the service's own limit
   */
  Answer ask(TenantId tenant, String promql, Instant at, Duration patience)
      throws InterruptedException;
}
