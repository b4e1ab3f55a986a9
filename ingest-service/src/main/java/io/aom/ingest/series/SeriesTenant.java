package io.aom.ingest.series;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Refusals;
import io.aom.telemetry.labels.LabelBuffer;
import io.aom.telemetry.labels.TenantHash;

/**
 * What a splitter needs to know of a tenant; costlier to make than to use, so keep it. Thread-safe.
 *
 * @param hash decides on partitions, the same everywhere
 * @param cache this process' memory of series that were checked
 * @param active this process' count of series
 * @param pairs which of several alike senders is listened to
 */
public record SeriesTenant(
    TenantHash hash, SeriesCache.View cache, ActiveSeries active, HaPairs.View pairs) {

  /**
   * Whether the series may be active; otherwise counts {@code items} as refused.
   *
   * @param series its hash
   * @param labels for the message
   */
  public boolean admits(
      long series, LabelBuffer labels, int items, long nowMillis, Refusals refusals) {
    switch (active.admit(series, nowMillis)) {
      case TAKEN -> {
        return true;
      }
      case TOO_MANY_ACTIVE ->
          SeriesCheck.refuse(
              refusals,
              RefusalReason.TOO_MANY_ACTIVE_SERIES,
              items,
              labels,
              "series: one more than "
                  + active.limits().active()
                  + " active ones (expected: at most so many within half an hour)");
      case TOO_MANY_NEW ->
          SeriesCheck.refuse(
              refusals,
              RefusalReason.TOO_MANY_NEW_SERIES,
              items,
              labels,
              "series: one more new one (expected: at most "
                  + active.limits().newPerMinute()
                  + " a minute)");
    }
    return false;
  }
}
