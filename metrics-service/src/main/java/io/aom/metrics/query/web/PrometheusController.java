package io.aom.metrics.query.web;

import io.aom.blockstore.StoreUnavailableException;
import io.aom.identity.Identity;
import io.aom.metrics.promql.Parser;
import io.aom.metrics.promql.PromqlException;
import io.aom.metrics.promql.QueryResult;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.query.MetricQueries;
import io.aom.metrics.query.MetricQueries.Answer;
import io.aom.metrics.query.MetricQueries.LabelQuestion;
import io.aom.metrics.query.MetricQueries.PromqlQuery;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.MetricMetadata;
import io.aom.telemetry.RejectedException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Prometheus's HTTP API (https://prometheus.io/docs/prometheus/latest/querying/api/) with its
 * envelope and codes. Headers say how complete an answer is: {@code X-AOM-Complete-Until}, and
 * {@code X-AOM-Partial} where some partitions could not be asked; then a warning says so too.
 */
@RestController
@RequestMapping("/prometheus/api/v1")
class PrometheusController {
  private static final Logger log = LoggerFactory.getLogger(PrometheusController.class);
  private static final JsonFactory JSON = new JsonFactory();

  /** Without a start, label endpoints look this far back. */
  private static final long LABELS_BACK_MILLIS = Duration.ofHours(6).toMillis();

  private final MetricQueries queries;
  private final InstantSource clock;
  private final MeterRegistry meters;

  PrometheusController(MetricQueries queries, InstantSource clock, MeterRegistry meters) {
    this.queries = queries;
    this.clock = clock;
    this.meters = meters;
  }

  @RequestMapping(
      path = "/query",
      method = {RequestMethod.GET, RequestMethod.POST})
  void query(
      Identity identity,
      @RequestParam MultiValueMap<String, String> values,
      HttpServletResponse response)
      throws IOException {
    PrometheusParameters parameters = new PrometheusParameters(values);
    long time = parameters.time("time", clock.millis());
    evaluate(identity, parameters, StepGrid.instant(time), response);
  }

  @RequestMapping(
      path = "/query_range",
      method = {RequestMethod.GET, RequestMethod.POST})
  void queryRange(
      Identity identity,
      @RequestParam MultiValueMap<String, String> values,
      HttpServletResponse response)
      throws IOException {
    PrometheusParameters parameters = new PrometheusParameters(values);
    long start = parameters.requiredTime("start");
    long end = parameters.requiredTime("end");
    if (end < start) {
      throw PrometheusParameters.invalid("end", "end timestamp must not be before start time");
    }
    Duration step = parameters.duration("step");
    if (step == null) {
      throw PrometheusParameters.invalid("step", "missing (expected: seconds or a duration)");
    }
    if (step.toMillis() <= 0) {
      throw PrometheusParameters.invalid(
          "step",
          "zero or negative query resolution step widths are not accepted. Try a positive integer");
    }
    if ((end - start) / step.toMillis() >= 1_000_000) {
      throw PrometheusParameters.invalid(
          "step",
          "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query"
              + " resolution (?step=XX)");
    }
    evaluate(identity, parameters, new StepGrid(start, end, step.toMillis()), response);
  }

  private void evaluate(
      Identity identity,
      PrometheusParameters parameters,
      StepGrid grid,
      HttpServletResponse response)
      throws IOException {
    long began = System.nanoTime();
    String outcome = "error";
    try {
      evaluateAndWrite(identity, parameters, grid, response);
      outcome = "success";
    } catch (PromqlException e) {
      outcome = e.kind().name().toLowerCase(Locale.ROOT);
      throw e;
    } finally {
      Timer.builder("aom.metrics.query")
          .description("Evaluation of PromQL, with reading and writing")
          .tag("type", grid.isInstant() ? "instant" : "range")
          .tag("outcome", outcome)
          .publishPercentiles(0.5, 0.99)
          .register(meters)
          .record(System.nanoTime() - began, TimeUnit.NANOSECONDS);
    }
  }

  private void evaluateAndWrite(
      Identity identity,
      PrometheusParameters parameters,
      StepGrid grid,
      HttpServletResponse response)
      throws IOException {
    Answer<QueryResult> answer =
        queries.evaluate(
            new PromqlQuery(
                identity.tenant(),
                parameters.query(),
                grid,
                parameters.consistency(),
                parameters.positiveDuration("timeout"),
                parameters.positiveDuration("lookback_delta")));
    QueryResult result = answer.value();
    int limit = parameters.limit();
    List<String> warnings = new ArrayList<>(result.warnings());
    if (limit > 0 && PrometheusJson.count(result) > limit) {
      warnings.add("results truncated due to limit");
    }
    write(
        response,
        answer,
        warnings,
        result.infos(),
        json -> new PrometheusJson(json).data(result, limit));
  }

  @RequestMapping(
      path = "/format_query",
      method = {RequestMethod.GET, RequestMethod.POST})
  Map<String, Object> formatQuery(
      Identity identity, @RequestParam MultiValueMap<String, String> values) {
    String query = new PrometheusParameters(values).query();
    return Map.of("status", "success", "data", Parser.parse(query).toString());
  }

  @RequestMapping(
      path = "/series",
      method = {RequestMethod.GET, RequestMethod.POST})
  void series(
      Identity identity,
      @RequestParam MultiValueMap<String, String> values,
      HttpServletResponse response)
      throws IOException {
    LabelQuestion question = question(identity, new PrometheusParameters(values));
    if (question.selectors().isEmpty()) {
      throw PrometheusParameters.invalid("match[]", "no match[] parameter provided");
    }
    Answer<List<Labels>> answer = queries.series(question);
    write(
        response,
        answer,
        List.of(),
        List.of(),
        json -> {
          PrometheusJson prometheus = new PrometheusJson(json);
          json.writeStartArray();
          answer.value().forEach(prometheus::labels);
          json.writeEndArray();
        });
  }

  @RequestMapping(
      path = "/labels",
      method = {RequestMethod.GET, RequestMethod.POST})
  void labels(
      Identity identity,
      @RequestParam MultiValueMap<String, String> values,
      HttpServletResponse response)
      throws IOException {
    writeTexts(queries.texts(question(identity, new PrometheusParameters(values)), null), response);
  }

  @GetMapping("/label/{name}/values")
  void labelValues(
      Identity identity,
      @PathVariable String name,
      @RequestParam MultiValueMap<String, String> values,
      HttpServletResponse response)
      throws IOException {
    writeTexts(queries.texts(question(identity, new PrometheusParameters(values)), name), response);
  }

  private void writeTexts(Answer<List<String>> answer, HttpServletResponse response)
      throws IOException {
    write(
        response,
        answer,
        List.of(),
        List.of(),
        json -> {
          json.writeStartArray();
          answer.value().forEach(json::writeString);
          json.writeEndArray();
        });
  }

  private LabelQuestion question(Identity identity, PrometheusParameters parameters) {
    long end = parameters.time("end", clock.millis());
    return new LabelQuestion(
        identity.tenant(),
        parameters.selectors(),
        parameters.time("start", end - LABELS_BACK_MILLIS),
        end,
        parameters.limit(),
        parameters.consistency());
  }

  @GetMapping("/metadata")
  void metadata(
      Identity identity,
      @RequestParam MultiValueMap<String, String> values,
      HttpServletResponse response)
      throws IOException {
    PrometheusParameters parameters = new PrometheusParameters(values);
    String metric = parameters.find("metric");
    int limit = parameters.limit() == 0 ? Integer.MAX_VALUE : parameters.limit();
    Answer<Map<String, MetricMetadata>> answer = queries.metadata(identity.tenant());
    write(
        response,
        answer,
        List.of(),
        List.of(),
        json -> {
          json.writeStartObject();
          answer.value().entrySet().stream()
              .filter(entry -> metric == null || metric.equals(entry.getKey()))
              .limit(limit)
              .forEach(entry -> metadata(json, entry.getKey(), entry.getValue()));
          json.writeEndObject();
        });
  }

  private static void metadata(JsonGenerator json, String metric, MetricMetadata said) {
    json.writeName(metric);
    json.writeStartArray();
    json.writeStartObject();
    json.writeStringProperty("type", said.type());
    json.writeStringProperty("help", said.help());
    json.writeStringProperty("unit", said.unit());
    json.writeEndObject();
    json.writeEndArray();
  }

  /** The version is that of the API which is spoken, for clients that look at it. */
  @GetMapping("/status/buildinfo")
  Map<String, Object> buildInfo(Identity identity) {
    return Map.of(
        "status",
        "success",
        "data",
        Map.of(
            "application", "AOM",
            "version", "3.0.0",
            "revision", "",
            "branch", "",
            "buildUser", "",
            "buildDate", "",
            "goVersion", ""));
  }

  private static void write(
      HttpServletResponse response,
      Answer<?> answer,
      List<String> warnings,
      List<String> infos,
      Consumer<JsonGenerator> data)
      throws IOException {
    List<String> all = new ArrayList<>(warnings);
    long completeUntil = answer.completeUntilMillis();
    // Not known yet is said as 1970: without the header a caller would take it for complete.
    if (completeUntil < Long.MAX_VALUE) {
      response.setHeader("X-AOM-Complete-Until", Instant.ofEpochMilli(completeUntil).toString());
    }
    if (!answer.unreachable().isEmpty()) {
      response.setHeader("X-AOM-Partial", "true");
      all.add(
          "partial answer: the newest data of partitions "
              + answer.unreachable()
              + " is missing, because nobody who holds them answers");
    }
    response.setContentType("application/json");
    try (JsonGenerator json =
        JSON.createGenerator(ObjectWriteContext.empty(), response.getOutputStream())) {
      json.writeStartObject();
      json.writeStringProperty("status", "success");
      json.writeName("data");
      data.accept(json);
      texts(json, "warnings", all);
      texts(json, "infos", infos);
      json.writeEndObject();
    }
  }

  private static void texts(JsonGenerator json, String name, List<String> texts) {
    if (texts.isEmpty()) {
      return;
    }
    json.writeName(name);
    json.writeStartArray();
    texts.forEach(json::writeString);
    json.writeEndArray();
  }

  @ExceptionHandler
  void onPromql(PromqlException e, HttpServletResponse response) throws IOException {
    switch (e.kind()) {
      case PARSE ->
          error(response, 400, "bad_data", "invalid parameter \"query\": " + e.getMessage());
      case EXECUTION -> error(response, 422, "execution", String.valueOf(e.getMessage()));
      case TIMEOUT -> error(response, 503, "timeout", String.valueOf(e.getMessage()));
      case CANCELED -> error(response, 503, "canceled", String.valueOf(e.getMessage()));
    }
  }

  @ExceptionHandler
  void onRejected(RejectedException e, HttpServletResponse response) throws IOException {
    int status = e.problem().status();
    String type =
        switch (status) {
          case 404 -> "not_found";
          case 422 -> "execution";
          case 429, 503 -> "unavailable";
          default -> status < 500 ? "bad_data" : "internal";
        };
    if (status == 503) {
      response.setHeader("Retry-After", "1");
    }
    error(response, status, type, String.valueOf(e.getMessage()));
  }

  @ExceptionHandler
  void onStoreUnavailable(StoreUnavailableException e, HttpServletResponse response)
      throws IOException {
    log.warn("stored blocks cannot be read: {}", e.getMessage());
    response.setHeader("Retry-After", "5");
    error(
        response,
        503,
        "unavailable",
        "stored blocks cannot be read now, the answer would lack data (retry in some seconds)");
  }

  @ExceptionHandler
  void onBug(RuntimeException e, HttpServletResponse response) throws IOException {
    String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    log.error("query failed, id {}", id, e);
    error(response, 500, "internal", "the service failed; its log says why, under id " + id);
  }

  private static void error(
      HttpServletResponse response, int status, String type, @Nullable String message)
      throws IOException {
    if (response.isCommitted()) {
      return; // the answer was on its way already; the caller sees it end too early
    }
    response.reset();
    response.setStatus(status);
    response.setContentType("application/json");
    try (JsonGenerator json =
        JSON.createGenerator(ObjectWriteContext.empty(), response.getOutputStream())) {
      json.writeStartObject();
      json.writeStringProperty("status", "error");
      json.writeStringProperty("errorType", type);
      json.writeStringProperty("error", message);
      json.writeEndObject();
    }
  }
}
