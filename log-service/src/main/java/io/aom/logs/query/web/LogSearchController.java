package io.aom.logs.query.web;

import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.logs.query.LogQuestion;
import io.aom.logs.query.LogSearch;
import io.aom.logs.query.LogSearchResult;
import io.aom.logs.query.SearchCursor;
import io.aom.logs.query.lang.LogQuery;
import io.aom.service.identity.RequiresRole;
import io.aom.service.parameter.KnownParameters;
import io.aom.telemetry.TimeWindow;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Log search over HTTP. */
@RestController
@RequestMapping("/api/v1/logs")
@RequiresRole(Role.VIEWER)
class LogSearchController {
  private static final Duration DEFAULT_WINDOW = Duration.ofHours(1);
  private static final int DEFAULT_LIMIT = 100;
  private static final int DEFAULT_BUCKETS = 60;
  private static final String FILTER_PREFIX = "filter.";

  /** Latest time that fits into nanoseconds. */
  private static final Instant LAST = Instant.ofEpochMilli(Long.MAX_VALUE / 1_000_000);

  /** Widths that people can read off an axis, in milliseconds. */
  private static final long[] STEPS = {
    100,
    200,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    15_000,
    30_000,
    60_000,
    120_000,
    300_000,
    600_000,
    900_000,
    1_800_000,
    3_600_000,
    7_200_000,
    21_600_000,
    43_200_000,
    86_400_000
  };

  private final LogSearch search;
  private final InstantSource clock;

  LogSearchController(LogSearch search, InstantSource clock) {
    this.search = search;
    this.clock = clock;
  }

  @PostMapping("/search")
  LogSearchResponse search(@RequestBody LogSearchRequest request, Identity identity) {
    LogQuery query = request.wholeQuery();
    int hash = SearchCursor.hash(query.toString());
    int limit = limit(request);
    if (request.cursor() != null) {
      return nextPage(request, SearchCursor.decode(request.cursor()), query, hash, limit, identity);
    }
    TimeWindow window = window(request);
    LogQuestion question =
        new LogQuestion(
            identity.tenant(),
            window.startMillis(),
            window.endMillis(),
            query,
            request.newestFirst(),
            limit,
            null,
            0);
    LogSearchResult result = search.search(question, request.wantedConsistency(), null);
    return LogSearchResponse.of(result, cursor(question, hash, result));
  }

  private LogSearchResponse nextPage(
      LogSearchRequest request,
      SearchCursor cursor,
      LogQuery query,
      int hash,
      int limit,
      Identity identity) {
    if (cursor.queryHash() != hash) {
      throw LogSearchRequest.refused("cursor: of another query", "query and filters as before");
    }
    LogQuestion question =
        new LogQuestion(
            identity.tenant(),
            cursor.startMillis(),
            cursor.endMillis(),
            query,
            cursor.newestFirst(),
            limit,
            cursor.after(),
            0);
    LogSearchResult result = search.search(question, request.wantedConsistency(), cursor.total());
    return LogSearchResponse.of(result, cursor(question, hash, result));
  }

  private static @Nullable String cursor(LogQuestion question, int hash, LogSearchResult result) {
    if (!result.more() || result.rows().isEmpty()) {
      return null;
    }
    return new SearchCursor(
            question.startMillis(),
            question.endMillis(),
            question.newestFirst(),
            hash,
            result.rows().getLast().position(),
            result.missing().isEmpty() || result.total().exact() ? result.total() : null)
        .encode();
  }

  @GetMapping("/search")
  LogSearchResponse search(
      @RequestParam MultiValueMap<String, String> all, Parameters parameters, Identity identity) {
    return search(parameters.request(all), identity);
  }

  @PostMapping("/histogram")
  LogHistogramResponse histogram(@RequestBody LogSearchRequest request, Identity identity) {
    LogQuery query = request.wholeQuery();
    TimeWindow window = window(request);
    long step = step(request, window);
    LogQuestion question =
        new LogQuestion(
            identity.tenant(),
            window.startMillis(),
            window.endMillis(),
            query,
            true,
            0,
            null,
            step);
    return LogHistogramResponse.of(
        search.search(question, request.wantedConsistency(), null), step);
  }

  @GetMapping("/histogram")
  LogHistogramResponse histogram(
      @RequestParam MultiValueMap<String, String> all, Parameters parameters, Identity identity) {
    return histogram(parameters.request(all), identity);
  }

  /** Query parameters of the GET forms; a filter is written {@code filter.FIELD=VALUE}. */
  record Parameters(
      @Nullable Instant start,
      @Nullable Instant end,
      @Nullable String query,
      @Nullable String order,
      @Nullable Integer limit,
      @Nullable String cursor,
      @Nullable String consistency,
      @Nullable Long step) {
    private static final KnownParameters KNOWN =
        KnownParameters.of(
            Stream.concat(
                    Arrays.stream(Parameters.class.getRecordComponents())
                        .map(RecordComponent::getName),
                    Stream.of(FILTER_PREFIX + "FIELD"))
                .toList());

    LogSearchRequest request(MultiValueMap<String, String> all) {
      Map<String, List<String>> filters = new LinkedHashMap<>();
      all.forEach(
          (name, values) -> {
            if (name.startsWith(FILTER_PREFIX)) {
              filters.put(name.substring(FILTER_PREFIX.length()), List.copyOf(values));
            } else {
              KNOWN.check(List.of(name));
            }
          });
      return new LogSearchRequest(
          start, end, query, filters, order, limit, cursor, consistency, step);
    }
  }

  private int limit(LogSearchRequest request) {
    Integer limit = request.limit();
    if (limit == null) {
      return Math.min(DEFAULT_LIMIT, search.limits().maxRows());
    }
    if (limit < 0 || limit > search.limits().maxRows()) {
      throw LogSearchRequest.refused("limit: " + limit, "0.." + search.limits().maxRows());
    }
    return limit;
  }

  private long step(LogSearchRequest request, TimeWindow window) {
    long span = window.endMillis() - window.startMillis();
    Long step = request.step();
    if (step != null) {
      if (step < 1 || span / step >= search.limits().maxBuckets()) {
        throw LogSearchRequest.refused(
            "step: " + step, "at most " + search.limits().maxBuckets() + " buckets");
      }
      return step;
    }
    for (long candidate : STEPS) {
      if (span / candidate <= DEFAULT_BUCKETS) {
        return candidate;
      }
    }
    long days = span / (DEFAULT_BUCKETS * 86_400_000L) + 1;
    return days * 86_400_000L;
  }

  private TimeWindow window(LogSearchRequest request) {
    Instant end = request.end() == null ? clock.instant() : request.end();
    Instant start = request.start() == null ? end.minus(DEFAULT_WINDOW) : request.start();
    return new TimeWindow(start, end.isAfter(LAST) ? LAST : end);
  }
}
