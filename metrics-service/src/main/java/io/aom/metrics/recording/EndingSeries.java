package io.aom.metrics.recording;

import static java.util.stream.Collectors.groupingBy;

import io.aom.metrics.recording.RuleQueries.Answer;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.RejectedException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The series of a group that is gone. Where it was only given another name, the group of that name
 * records them from its next tick on: so only what nobody has recorded two intervals later ends, at
 * the time at which the group was removed. For one thread.
 */
final class EndingSeries {
  private static final Logger LOG = LoggerFactory.getLogger(EndingSeries.class);

  private final RuleGroup group;
  private final Map<String, List<Labels>> byName;
  private final long endMillis;
  private final long untilMillis;
  private final Instant due;
  private final Instant tooLate;

  /**
   * @param endMillis time of the markers, after all that the group has recorded
   */
  EndingSeries(
      RuleGroup group,
      Set<Labels> series,
      long endMillis,
      Instant removed,
      RecordingProperties properties) {
    this.group = group;
    this.byName = series.stream().collect(groupingBy(Labels::metricName));
    this.endMillis = endMillis;
    Duration wait = group.interval().multipliedBy(2);
    this.untilMillis = Math.max(removed.plus(wait).toEpochMilli(), endMillis);
    this.due = removed.plus(wait).plus(properties.settle());
    this.tooLate = due.plus(properties.catchUp());
  }

  /**
   * Ends them if it is time to.
   *
   * @return whether nothing is left to do: they have ended, or it cannot be done
   */
  boolean end(Instant now, RuleQueries queries, SeriesWriter writer) throws InterruptedException {
    if (byName.isEmpty()) {
      return true;
    }
    if (now.isBefore(due)) {
      return false;
    }
    List<Recorded> markers = new ArrayList<>();
    for (Map.Entry<String, List<Labels>> each : byName.entrySet()) {
      switch (queries.stored(group.tenant(), each.getKey(), endMillis, untilMillis)) {
        case Answer.Unsettled(String reason) -> {
          return isGivenUp(now, reason);
        }
        case Answer.Refused(String reason) -> warn(reason);
        case Answer.Complete complete -> {
          Set<Labels> recorded = complete.labels();
          each.getValue().stream()
              .filter(labels -> !recorded.contains(labels))
              .map(Recorded::stale)
              .forEach(markers::add);
        }
      }
    }
    try {
      if (!markers.isEmpty()) {
        writer.write(group.tenant(), endMillis, markers);
      }
      return true;
    } catch (IOException e) {
      return isGivenUp(now, String.valueOf(e.getMessage()));
    } catch (RejectedException e) {
      warn(String.valueOf(e.getMessage()));
      return true;
    }
  }

  private boolean isGivenUp(Instant now, String reason) {
    if (now.isBefore(tooLate)) {
      LOG.debug("recording group={} is gone, its series do not end yet: {}", group.id(), reason);
      return false;
    }
    warn(reason);
    return true;
  }

  private void warn(String reason) {
    LOG.warn("recording group={} is gone; its series end without a marker: {}", group.id(), reason);
  }
}
