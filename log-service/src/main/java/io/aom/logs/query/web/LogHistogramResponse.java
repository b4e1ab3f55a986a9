package io.aom.logs.query.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.aom.logs.query.Histogram;
import io.aom.logs.query.LogSearchResult;
import io.aom.logs.query.web.LogSearchResponse.FreshnessBody;
import io.aom.logs.query.web.LogSearchResponse.Total;
import io.aom.logs.row.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Matching rows by time and severity, as callers read it. Every bucket of the window is there. */
record LogHistogramResponse(
    long stepMillis,
    List<Bucket> buckets,
    Total total,
    FreshnessBody freshness,
    boolean partial,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> missing) {

  /**
   * One bucket.
   *
   * @param severities rows by name of severity; only those there are
   */
  record Bucket(Instant start, long count, Map<String, Long> severities) {}

  static LogHistogramResponse of(LogSearchResult result, long stepMillis) {
    return new LogHistogramResponse(
        stepMillis,
        buckets(result.histogram()),
        Total.of(result.total()),
        FreshnessBody.of(result),
        !result.missing().isEmpty(),
        result.missing());
  }

  private static List<Bucket> buckets(@Nullable Histogram histogram) {
    List<Bucket> buckets = new ArrayList<>();
    for (int i = 0; histogram != null && i < histogram.buckets(); i++) {
      Map<String, Long> severities = new LinkedHashMap<>();
      long count = 0;
      for (Severity severity : Severity.values()) {
        long rows = histogram.count(i, severity);
        if (rows > 0) {
          severities.put(severity.name(), rows);
          count += rows;
        }
      }
      buckets.add(
          new Bucket(Instant.ofEpochMilli(histogram.bucketStartMillis(i)), count, severities));
    }
    return buckets;
  }
}
