package io.aom.metrics.query.web;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.Retention;
import io.aom.identity.Identity;
import io.aom.metrics.cardinality.Cardinality;
import io.aom.metrics.cardinality.Cardinality.Active;
import io.aom.metrics.cardinality.SeriesCounts;
import io.aom.metrics.promql.Aggregation;
import io.aom.metrics.promql.BinaryOperator;
import io.aom.metrics.promql.Durations;
import io.aom.metrics.promql.Function;
import io.aom.metrics.query.MetricQueries.Answer;
import io.aom.metrics.query.QueryProperties;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;

/** What clients ask before they ask for data. */
@RestController
@RequestMapping({"/prometheus/api/v1", "/api/v1"})
class StatusController {
  /** Of the API that is spoken, for clients that look at it. */
  private static final String VERSION = "3.5.0";

  private static final int DEFAULT_LIMIT = 10;
  private static final int MAX_LIMIT = 10_000;

  private final Cardinality cardinality;
  private final QueryProperties properties;
  private final Retention retention;
  private final InstantSource clock;

  StatusController(
      Cardinality cardinality,
      QueryProperties properties,
      Retention retention,
      InstantSource clock) {
    this.cardinality = cardinality;
    this.properties = properties;
    this.retention = retention;
    this.clock = clock;
  }

  @GetMapping("/status/buildinfo")
  Envelope.Success buildInfo(Identity identity) {
    Map<String, String> data = new LinkedHashMap<>();
    data.put("application", "AOM");
    data.put("version", VERSION);
    for (String name : List.of("revision", "branch", "buildUser", "buildDate", "goVersion")) {
      data.put(name, "");
    }
    return new Envelope.Success(data);
  }

  @GetMapping("/status/runtimeinfo")
  Envelope.Success runtimeInfo(Identity identity) {
    Instant started = Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("startTime", started);
    data.put("serverTime", clock.instant());
    data.put("CWD", "");
    data.put("reloadConfigSuccess", true);
    data.put("lastConfigTime", started);
    data.put("corruptionCount", 0);
    data.put("goroutineCount", ManagementFactory.getThreadMXBean().getThreadCount());
    data.put("GOMAXPROCS", Runtime.getRuntime().availableProcessors());
    data.put("GOMEMLIMIT", Runtime.getRuntime().maxMemory());
    data.put("GOGC", "");
    data.put("GODEBUG", "");
    data.put("storageRetention", kept(identity));
    return new Envelope.Success(data);
  }

  /** The settings that have a counterpart among Prometheus's flags. */
  @GetMapping("/status/flags")
  Envelope.Success flags(Identity identity) {
    Map<String, String> data = new LinkedHashMap<>();
    data.put("query.lookback-delta", Durations.format(properties.lookback().toMillis()));
    data.put("query.max-concurrency", Integer.toString(properties.maxConcurrent()));
    data.put("query.max-samples", Long.toString(properties.maxSamples()));
    data.put("query.timeout", Durations.format(properties.timeout().toMillis()));
    data.put("storage.tsdb.retention.time", kept(identity));
    data.put("web.enable-remote-write-receiver", "true");
    data.put("web.enable-otlp-receiver", "true");
    return new Envelope.Success(data);
  }

  /** How long the tenant's samples are kept. */
  private String kept(Identity identity) {
    return Durations.format(retention.of(identity.tenant(), BlockPart.AS_RECEIVED).toMillis());
  }

  /** There is no configuration file: nothing is scraped. */
  @GetMapping("/status/config")
  Envelope.Success config(Identity identity) {
    return new Envelope.Success(Map.of("yaml", ""));
  }

  @GetMapping("/targets")
  Envelope.Success targets(Identity identity) {
    return new Envelope.Success(
        Map.of(
            "activeTargets", List.of(),
            "droppedTargets", List.of(),
            "droppedTargetCounts", Map.of()));
  }

  @GetMapping("/alertmanagers")
  Envelope.Success alertmanagers(Identity identity) {
    return new Envelope.Success(
        Map.of("activeAlertmanagers", List.of(), "droppedAlertmanagers", List.of()));
  }

  @GetMapping("/features")
  Envelope.Success features(Identity identity) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put(
        "api",
        all(
            Stream.of(
                "exclude_alerts",
                "label_values_match",
                "lifecycle_probes",
                "query_exemplars",
                "query_stats",
                "query_warnings",
                "remote_read",
                "remote_write_receiver",
                "otlp_write_receiver")));
    data.put(
        "promql",
        all(
            Stream.of(
                "anchored",
                "at_modifier",
                "bool",
                "by",
                "duration_expr",
                "group_left",
                "group_right",
                "ignoring",
                "negative_offset",
                "offset",
                "on",
                "smoothed",
                "subqueries",
                "without")));
    data.put("promql_functions", all(Arrays.stream(Function.values()).map(Function::text)));
    data.put(
        "promql_operators",
        all(
            Stream.concat(
                Arrays.stream(BinaryOperator.values()).map(BinaryOperator::text),
                Arrays.stream(Aggregation.values()).map(Aggregation::text))));
    return new Envelope.Success(data);
  }

  private static Map<String, Boolean> all(Stream<String> names) {
    Map<String, Boolean> features = new LinkedHashMap<>();
    names.sorted().forEach(name -> features.put(name, true));
    return features;
  }

  /** Counts of the series with samples of late, as Prometheus has them of its head. */
  @GetMapping("/status/tsdb")
  @Takes({"limit", "partial_response"})
  void tsdb(Identity identity, PrometheusParameters parameters, Reply reply) throws IOException {
    int asked = parameters.limit();
    if (asked > MAX_LIMIT) {
      throw PrometheusParameters.invalid("limit", "must be at most " + MAX_LIMIT);
    }
    int limit = asked == 0 ? DEFAULT_LIMIT : asked;
    Active active = cardinality.active(identity.tenant(), clock.instant());
    SeriesCounts counts = active.counts();
    Envelope.write(
        reply,
        parameters.whole(new Answer<>(counts, active.missing(), active.completeUntilMillis())),
        json -> {
          json.writeStartObject();
          json.writeName("headStats");
          json.writeStartObject();
          json.writeNumberProperty("numSeries", counts.series());
          json.writeNumberProperty("numLabelPairs", counts.pairs());
          json.writeNumberProperty("chunkCount", active.chunks());
          json.writeNumberProperty("minTime", active.firstMillis());
          json.writeNumberProperty("maxTime", active.lastMillis());
          json.writeEndObject();
          counts(json, "seriesCountByMetricName", counts.byValue("__name__", limit));
          counts(json, "labelValueCountByLabelName", counts.valuesByName(limit));
          counts(json, "memoryInBytesByLabelName", counts.bytesByName(limit));
          counts(json, "seriesCountByLabelValuePair", counts.byPair(limit));
          json.writeEndObject();
        });
  }

  private static void counts(JsonGenerator json, String name, List<SeriesCounts.Count> counts) {
    json.writeName(name);
    json.writeStartArray();
    for (SeriesCounts.Count count : counts) {
      json.writeStartObject();
      json.writeStringProperty("name", count.name());
      json.writeNumberProperty("value", count.value());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
