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
 * @param refresh how often the rules are read again; a change made through this member is seen at
 *     once
 */
@ConfigurationProperties("aom.metrics.recording")
public record RecordingProperties(
    @DefaultValue("10s") Duration settle,
    @DefaultValue("1h") Duration catchUp,
    @DefaultValue("100000") int maxSeries,
    @DefaultValue("5s") Duration refresh) {
  public RecordingProperties {
    if (settle.isNegative() || catchUp.isNegative() || maxSeries < 1 || !refresh.isPositive()) {
      throw new IllegalArgumentException(
          "aom.metrics.recording: settle "
              + settle
              + ", catch-up "
              + catchUp
              + ", max-series "
              + maxSeries
              + ", refresh "
              + refresh
              + " (expected: none below 0, max-series and refresh above 0)");
    }
  }
}
