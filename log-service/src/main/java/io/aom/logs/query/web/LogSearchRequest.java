package io.aom.logs.query.web;

import io.aom.blockstore.Heads.Consistency;
import io.aom.logs.query.lang.LogQuery;
import io.aom.logs.query.lang.LogQuery.Match;
import io.aom.logs.query.lang.LogQueryParser;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A search as callers write it.
 *
 * @param start of the window; an hour before its end if not given
 * @param end of the window, exclusive; now if not given
 * @param query in the log query language; everything if not given
 * @param filters by field, values of which a row must have one exactly
 * @param order {@code desc} (newest first, if not given) or {@code asc}
 * @param limit most rows; 100 if not given; 0 to count only
 * @param cursor of the page before; window, order and total are then those of the first page
 * @param consistency {@code strong} to wait for everything acknowledged before; else {@code
 *     eventual}
 * @param step width of a histogram's buckets in milliseconds; fitted to the window if not given
 */
record LogSearchRequest(
    @Nullable Instant start,
    @Nullable Instant end,
    @Nullable String query,
    @Nullable Map<String, List<String>> filters,
    @Nullable String order,
    @Nullable Integer limit,
    @Nullable String cursor,
    @Nullable String consistency,
    @Nullable Long step) {
  private static final int MAX_FILTERS = 32;
  private static final int MAX_FILTER_VALUES = 256;
  private static final int MAX_FILTER_LENGTH = 1_024;

  boolean newestFirst() {
    return switch (order) {
      case null -> true;
      case "desc" -> true;
      case "asc" -> false;
      default -> throw refused("order: " + order, "desc or asc");
    };
  }

  Consistency wantedConsistency() {
    return switch (consistency) {
      case null -> Consistency.EVENTUAL;
      case "eventual" -> Consistency.EVENTUAL;
      case "strong" -> Consistency.STRONG;
      default -> throw refused("consistency: " + consistency, "eventual or strong");
    };
  }

  /** Query and filters as one. */
  LogQuery wholeQuery() {
    List<LogQuery> all = new ArrayList<>();
    if (filters != null) {
      if (filters.size() > MAX_FILTERS) {
        throw refused("filters: " + filters.size() + " fields", "at most " + MAX_FILTERS);
      }
      new TreeMap<>(filters).forEach((key, values) -> all.add(filter(key, values)));
    }
    all.add(LogQueryParser.parse(query == null ? "" : query));
    return LogQuery.allOf(all);
  }

  private static LogQuery filter(String key, @Nullable List<String> values) {
    if (key.isEmpty() || key.length() > MAX_FILTER_LENGTH) {
      throw refused("filters: field of " + key.length() + " characters", "1.." + MAX_FILTER_LENGTH);
    }
    if (values == null || values.isEmpty() || values.size() > MAX_FILTER_VALUES) {
      throw refused(
          "filters." + key + ": " + (values == null ? 0 : values.size()) + " values",
          "1.." + MAX_FILTER_VALUES);
    }
    List<LogQuery> any = new ArrayList<>();
    for (String value : values) {
      if (value == null || value.length() > MAX_FILTER_LENGTH) {
        throw refused(
            "filters." + key + ": no value or a long one", "at most " + MAX_FILTER_LENGTH);
      }
      any.add(new LogQuery.Field(key, Match.EXACTLY, value));
    }
    return any.size() == 1 ? any.getFirst() : new LogQuery.Or(any);
  }

  static RejectedException refused(String found, String expected) {
    return new RejectedException(Problem.BAD_REQUEST, found + " (expected: " + expected + ")");
  }
}
