package io.aom.topology.query.web;

import io.aom.topology.query.Completeness;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * @param completeUntil everything acknowledged before then is in the answer; null if not known
 */
record FreshnessBody(@Nullable Instant completeUntil) {
  static FreshnessBody of(Completeness completeness) {
    long until = completeness.completeUntilMillis();
    return new FreshnessBody(until == 0 ? null : Instant.ofEpochMilli(until));
  }
}
