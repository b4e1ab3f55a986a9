package io.aom.metrics.query.web;

import io.aom.identity.Identity;
import io.aom.metrics.promql.Formatter;
import io.aom.metrics.promql.Parser;
import io.aom.metrics.promql.PromqlException;
import io.aom.metrics.promql.QueryMemory;
import io.aom.metrics.promql.QueryResult;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.query.MetricQueries;
import io.aom.metrics.query.MetricQueries.Answer;
import io.aom.metrics.query.MetricQueries.Evaluated;
import io.aom.metrics.query.MetricQueries.PromqlQuery;
import io.aom.metrics.query.QueryStatistics;
import io.aom.metrics.series.SeriesExemplars;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/** Queries as in https://prometheus.io/docs/prometheus/latest/querying/api/. */
@RestController
@RequestMapping({"/prometheus/api/v1", "/api/v1"})
class QueryController {
  /** Until when exemplars are looked for where no end is given. */
  private static final long END_OF_TIME = Instant.parse("9999-12-31T23:59:59Z").toEpochMilli();

  private final MetricQueries queries;
  private final InstantSource clock;
  private final MeterRegistry meters;

  QueryController(MetricQueries queries, InstantSource clock, MeterRegistry meters) {
    this.queries = queries;
    this.clock = clock;
    this.meters = meters;
  }

  @RequestMapping(
      path = "/query",
      method = {RequestMethod.GET, RequestMethod.POST})
  @Takes(
      required = "query",
      value = {
        "time",
        "timeout",
        "lookback_delta",
        "limit",
        "stats",
        "resolution",
        "consistency",
        "partial_response"
      })
  void query(Identity identity, PrometheusParameters parameters, Reply reply) throws IOException {
    long time = parameters.time("time", clock.millis());
    evaluate(identity, parameters, StepGrid.instant(time), reply);
  }

  @RequestMapping(
      path = "/query_range",
      method = {RequestMethod.GET, RequestMethod.POST})
  @Takes(
      required = {"query", "start", "end", "step"},
      value = {
        "timeout",
        "lookback_delta",
        "limit",
        "stats",
        "resolution",
        "consistency",
        "partial_response"
      })
  void queryRange(Identity identity, PrometheusParameters parameters, Reply reply)
      throws IOException {
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
    queries.checkPoints((end - start) / step.toMillis() + 1);
    evaluate(identity, parameters, new StepGrid(start, end, step.toMillis()), reply);
  }

  private void evaluate(
      Identity identity, PrometheusParameters parameters, StepGrid grid, Reply reply)
      throws IOException {
    long began = System.nanoTime();
    String outcome = "error";
    // The result is held until the last of it is written, however slowly the client takes it.
    try (QueryMemory.Account memory = queries.memory().open()) {
      evaluateAndWrite(identity, parameters, grid, memory, reply);
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
      QueryMemory.Account memory,
      Reply reply)
      throws IOException {
    Answer<Evaluated> answer =
        parameters.whole(
            queries.evaluate(
                new PromqlQuery(
                    identity.tenant(),
                    parameters.query(),
                    grid,
                    parameters.consistency(),
                    parameters.duration("timeout"),
                    parameters.duration("lookback_delta"),
                    parameters.resolution()),
                reply::isAbandoned,
                memory));
    QueryResult result = answer.value().result();
    int limit = parameters.limit();
    List<String> warnings = new ArrayList<>();
    if (limit > 0 && PrometheusJson.count(result) > limit) {
      warnings.add(PrometheusJson.TRUNCATED);
    }
    warnings.addAll(result.warnings());
    reply.header("X-AOM-Resolution", answer.value().statistics().resolution());
    QueryStatistics statistics =
        parameters.find("stats") == null ? null : answer.value().statistics();
    Envelope.write(
        reply,
        answer,
        warnings,
        result.infos(),
        json -> new PrometheusJson(json).data(result, limit, statistics));
  }

  @RequestMapping(
      path = "/query_exemplars",
      method = {RequestMethod.GET, RequestMethod.POST})
  @Takes(
      required = "query",
      value = {"start", "end", "partial_response"})
  void queryExemplars(Identity identity, PrometheusParameters parameters, Reply reply)
      throws IOException {
    long start = parameters.time("start", 0);
    long end = parameters.time("end", END_OF_TIME);
    if (end < start) {
      throw PrometheusParameters.invalid("end", "end timestamp must not be before start time");
    }
    Answer<List<SeriesExemplars>> answer =
        parameters.whole(
            queries.exemplars(
                identity.tenant(), parameters.query(), start, end, reply::isAbandoned));
    Envelope.write(reply, answer, json -> new PrometheusJson(json).exemplars(answer.value()));
  }

  @RequestMapping(
      path = "/format_query",
      method = {RequestMethod.GET, RequestMethod.POST})
  @Takes(required = "query")
  Envelope.Success formatQuery(Identity identity, PrometheusParameters parameters) {
    String query = parameters.query();
    return new Envelope.Success(Formatter.format(Parser.parse(query)));
  }

  @RequestMapping(
      path = "/parse_query",
      method = {RequestMethod.GET, RequestMethod.POST})
  @Takes(required = "query")
  Envelope.Success parseQuery(Identity identity, PrometheusParameters parameters) {
    return new Envelope.Success(ExprJson.of(Parser.parse(parameters.query())));
  }
}
