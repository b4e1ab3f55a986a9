package io.aom.alarm.query;

import io.aom.telemetry.TenantId;
import java.time.Instant;

/** Answers whether a condition holds. Safe for use by many threads. */
public interface ConditionQueries {
  /**
   * Asks for the series that {@code promql} returns for {@code tenant} at {@code at}. Blocks within
   * a bound; throws nothing for what can go wrong on the way.
   */
  Answer ask(TenantId tenant, String promql, Instant at) throws InterruptedException;
}
