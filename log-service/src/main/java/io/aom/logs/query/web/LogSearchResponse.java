package io.aom.logs.query.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.aom.blockstore.Freshness;
import io.aom.logs.query.LogSearchResult;
import io.aom.logs.row.LogRow;
import io.aom.logs.row.Severity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answer to a search, as callers read it. */
record LogSearchResponse(
    List<Row> rows,
    Total total,
    @Nullable String cursor,
    FreshnessBody freshness,
    boolean partial,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> missing) {

  /**
   * One row.
   *
   * @param time ISO-8601 with nanoseconds
   * @param severity as the sender wrote it, else the name of its number's range; null if unknown
   * @param body text; JSON if the sender sent a structure
   */
  record Row(
      String time,
      @Nullable String observedTime,
      @Nullable String severity,
      int severityNumber,
      String body,
      @Nullable String service,
      Map<String, @Nullable Object> resource,
      Map<String, @Nullable Object> attributes,
      @Nullable String scope,
      @Nullable String traceId,
      @Nullable String spanId) {

    static Row of(LogRow row) {
      Map<String, @Nullable Object> resource = row.resourceValues();
      return new Row(
          iso(row.position().timeNanos()),
          row.observedNanos() == 0 ? null : iso(row.observedNanos()),
          severity(row),
          row.severityNumber(),
          row.body(),
          resource.get("service.name") instanceof String service ? service : null,
          resource,
          row.attributeValues(),
          row.scopeValues().get("otel.scope.name") instanceof String scope && !scope.isEmpty()
              ? scope
              : null,
          emptyToNull(row.traceId()),
          emptyToNull(row.spanId()));
    }

    private static @Nullable String severity(LogRow row) {
      if (!row.severityText().isEmpty()) {
        return row.severityText();
      }
      Severity range = Severity.ofNumber(row.severityNumber());
      return range == Severity.UNSPECIFIED ? null : range.name();
    }

    private static @Nullable String emptyToNull(String text) {
      return text.isEmpty() ? null : text;
    }

    private static String iso(long epochNanos) {
      return Instant.ofEpochSecond(
              Math.floorDiv(epochNanos, 1_000_000_000L), Math.floorMod(epochNanos, 1_000_000_000L))
          .toString();
    }
  }

  /**
   * How many rows match.
   *
   * @param reason why the value is only a lower bound
   */
  record Total(
      long value, boolean exact, @JsonInclude(JsonInclude.Include.NON_EMPTY) String reason) {
    static Total of(LogSearchResult.Total total) {
      return new Total(total.value(), total.exact(), total.reason());
    }
  }

  /**
   * How fresh the answer is.
   *
   * @param completeUntil everything that was acknowledged until then is in the answer; null if not
   *     known
   * @param lag records that were acknowledged and are not in the answer; null if not known
   */
  record FreshnessBody(@Nullable Instant completeUntil, @Nullable Long lag) {
    static FreshnessBody of(LogSearchResult result) {
      boolean known = result.freshness().stream().allMatch(f -> f.lag() >= 0);
      return new FreshnessBody(
          result.completeUntilMillis() == 0
              ? null
              : Instant.ofEpochMilli(result.completeUntilMillis()),
          known ? result.freshness().stream().mapToLong(Freshness::lag).sum() : null);
    }
  }

  static LogSearchResponse of(LogSearchResult result, @Nullable String cursor) {
    return new LogSearchResponse(
        result.rows().stream().map(Row::of).toList(),
        Total.of(result.total()),
        cursor,
        FreshnessBody.of(result),
        !result.missing().isEmpty(),
        result.missing());
  }
}
