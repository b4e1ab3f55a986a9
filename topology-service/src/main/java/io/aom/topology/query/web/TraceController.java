package io.aom.topology.query.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.aom.identity.Identity;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TimeWindow;
import io.aom.topology.query.TraceQueries;
import io.aom.topology.query.TraceQueries.Search;
import io.aom.topology.span.SpanStatus;
import io.aom.topology.span.TraceId;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Traces: one by its id, a list of the newest that match, and how many spans there are. */
@RestController
@RequestMapping("/api/v1")
class TraceController {
  private final TraceQueries traces;

  TraceController(TraceQueries traces) {
    this.traces = traces;
  }

  @GetMapping("/traces/{id}")
  TraceResponse trace(
      Identity identity,
      @PathVariable String id,
      @RequestParam(defaultValue = "eventual") String consistency) {
    return TraceResponse.of(
        traces.trace(identity.tenant(), TraceId.parse(id), ConsistencyText.parse(consistency)));
  }

  @GetMapping("/traces")
  TracesResponse search(
      Identity identity,
      @RequestParam Instant start,
      @RequestParam Instant end,
      @RequestParam(required = false) @Nullable String service,
      @RequestParam(required = false) @Nullable String operation,
      @RequestParam(required = false) @Nullable Long minDurationMs,
      @RequestParam(required = false) @Nullable Long maxDurationMs,
      @RequestParam(required = false) @Nullable String status,
      @RequestParam(defaultValue = "20") int limit,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(defaultValue = "eventual") String consistency) {
    Search search =
        new Search(
            new TimeWindow(start, end),
            blankToNull(service),
            blankToNull(operation),
            status(blankToNull(status)),
            minDurationMs,
            maxDurationMs,
            limit,
            blankToNull(cursor));
    return TracesResponse.of(
        traces.search(identity.tenant(), search, ConsistencyText.parse(consistency)));
  }

  @GetMapping("/spans/count")
  CountResponse count(
      Identity identity,
      @RequestParam Instant start,
      @RequestParam Instant end,
      @RequestParam(required = false) @Nullable String service,
      @RequestParam(defaultValue = "eventual") String consistency) {
    TraceQueries.Count count =
        traces.count(
            identity.tenant(),
            new TimeWindow(start, end),
            blankToNull(service),
            ConsistencyText.parse(consistency));
    return new CountResponse(count.value(), count.exact(), count.missing());
  }

  record CountResponse(
      long value,
      boolean exact,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> missing) {}

  private static @Nullable String blankToNull(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }

  private static @Nullable SpanStatus status(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return SpanStatus.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException _) {
      throw new RejectedException(
          Problem.BAD_REQUEST,
          "status: " + text + " (expected: one of " + Arrays.toString(SpanStatus.values()) + ")");
    }
  }
}
