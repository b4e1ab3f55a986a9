package io.aom.metrics.query;

import io.aom.metrics.series.Resolution;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Rollups of five minutes and of an hour, beside the samples.
 *
 * @param enabled whether merging makes them; those that are there are read all the same
 * @param from how much time a selector must look at before rollups are read for it, unless the
 *     query asks for them
 */
@ConfigurationProperties("aom.metrics.rollups")
public record RollupProperties(
    @DefaultValue("true") boolean enabled, @DefaultValue("12h") Duration from) {

  /** As they are unless somebody sets them. */
  public static final RollupProperties DEFAULT = new RollupProperties(true, Duration.ofHours(12));

  public RollupProperties {
    if (from.isNegative()) {
      throw new IllegalArgumentException(
          "aom.metrics.rollups.from: " + from + " (expected: not negative)");
    }
  }

  /** What merging rolls up to. */
  public List<Resolution> made() {
    return enabled ? Arrays.asList(Resolution.values()) : List.of();
  }
}
