package io.aom.metrics.recording;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How recording rules are evaluated.
 *
 * @param settle how long after a tick it is evaluated first, so that what agents sent before it has
 *     arrived
 * @param catchUp how old a missed tick may be to be evaluated still
 * @param maxSeries most series of one rule at a tick
 * @param maxGroups most groups of a tenant
 * @param concurrency most queries of rules at a time
 * @param refresh how often the rules are read again; a change made through this member is seen at
 *     once
 */
@ConfigurationProperties("aom.metrics.recording")
public record RecordingProperties(
    @DefaultValue("10s") Duration settle,
    @DefaultValue("1h") Duration catchUp,
    @DefaultValue("100000") int maxSeries,
    @DefaultValue("1000") int maxGroups,
    @DefaultValue("4") int concurrency,
    @DefaultValue("5s") Duration refresh) {
  public RecordingProperties {
    if (settle.isNegative()
        || catchUp.isNegative()
        || maxSeries < 1
        || maxGroups < 1
        || concurrency < 1
        || !refresh.isPositive()) {
      throw new IllegalArgumentException(
          "aom.metrics.recording: settle "
              + settle
              + ", catch-up "
              + catchUp
              + ", max-series "
              + maxSeries
              + ", max-groups "
              + maxGroups
              + ", concurrency "
              + concurrency
              + ", refresh "
              + refresh
              + " (expected: settle and catch-up 0 or more, the others above 0)");
    }
  }
}
