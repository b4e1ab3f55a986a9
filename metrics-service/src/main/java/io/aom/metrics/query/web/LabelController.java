package io.aom.metrics.query.web;

import io.aom.identity.Identity;
import io.aom.metrics.query.LabelQueries;
import io.aom.metrics.query.LabelQueries.LabelQuestion;
import io.aom.metrics.query.MetricQueries.Answer;
import io.aom.metrics.series.MetricMetadata;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;

/** Which series, labels and metrics there are. */
@RestController
@RequestMapping({"/prometheus/api/v1", "/api/v1"})
class LabelController {
  /** Without a start, label endpoints look this far back. */
  private static final long BACK_MILLIS = Duration.ofHours(6).toMillis();

  private final LabelQueries queries;
  private final InstantSource clock;

  LabelController(LabelQueries queries, InstantSource clock) {
    this.queries = queries;
    this.clock = clock;
  }

  @RequestMapping(
      path = "/series",
      method = {RequestMethod.GET, RequestMethod.POST})
  @Takes(
      required = "match[]",
      value = {"start", "end", "limit", "consistency", "partial_response"})
  void series(Identity identity, PrometheusParameters parameters, Reply reply) throws IOException {
    LabelQuestion question = question(identity, parameters);
    if (question.selectors().isEmpty()) {
      throw PrometheusParameters.invalid("match[]", "no match[] parameter provided");
    }
    write(
        reply,
        parameters.whole(queries.series(question)),
        parameters.limit(),
        (json, labels) -> new PrometheusJson(json).labels(labels));
  }

  @RequestMapping(
      path = "/labels",
      method = {RequestMethod.GET, RequestMethod.POST})
  @Takes({"match[]", "start", "end", "limit", "consistency", "partial_response"})
  void labels(Identity identity, PrometheusParameters parameters, Reply reply) throws IOException {
    write(
        reply,
        parameters.whole(queries.texts(question(identity, parameters), null)),
        parameters.limit(),
        JsonGenerator::writeString);
  }

  /**
   * @param name as it is, or as Prometheus escapes what does not go into a path: {@code
   *     U__service_2e_name}
   */
  @GetMapping("/label/{name}/values")
  @Takes({"match[]", "start", "end", "limit", "consistency", "partial_response"})
  void labelValues(
      Identity identity, @PathVariable String name, PrometheusParameters parameters, Reply reply)
      throws IOException {
    write(
        reply,
        parameters.whole(
            queries.texts(question(identity, parameters), EscapedNames.unescape(name))),
        parameters.limit(),
        JsonGenerator::writeString);
  }

  /** Asks for one more than the limit, so that it is seen whether something was left out. */
  private LabelQuestion question(Identity identity, PrometheusParameters parameters) {
    long end = parameters.time("end", clock.millis());
    int limit = parameters.limit();
    return new LabelQuestion(
        identity.tenant(),
        parameters.selectors(),
        parameters.time("start", end - BACK_MILLIS),
        end,
        limit == 0 || limit == Integer.MAX_VALUE ? 0 : limit + 1,
        parameters.consistency());
  }

  private static <T> void write(
      Reply reply, Answer<List<T>> answer, int limit, BiConsumer<JsonGenerator, T> item)
      throws IOException {
    List<T> all = answer.value();
    boolean cut = limit > 0 && all.size() > limit;
    Envelope.write(
        reply,
        answer,
        cut ? List.of(PrometheusJson.TRUNCATED) : List.of(),
        List.of(),
        json -> {
          json.writeStartArray();
          (cut ? all.subList(0, limit) : all).forEach(one -> item.accept(json, one));
          json.writeEndArray();
        });
  }

  /** What senders said of metrics; {@code limit} and {@code limit_per_metric} as Prometheus's. */
  @GetMapping("/metadata")
  @Takes({"metric", "limit", "limit_per_metric", "partial_response"})
  void metadata(Identity identity, PrometheusParameters parameters, Reply reply)
      throws IOException {
    String metric = parameters.find("metric");
    int limit = parameters.number("limit", -1);
    int perMetric = parameters.number("limit_per_metric", -1);
    Answer<Map<String, Set<MetricMetadata>>> answer =
        parameters.whole(queries.metadata(identity.tenant(), metric));
    Envelope.write(
        reply,
        answer,
        json -> {
          json.writeStartObject();
          answer.value().entrySet().stream()
              .limit(limit < 0 ? Long.MAX_VALUE : limit)
              .forEach(
                  entry -> {
                    json.writeName(entry.getKey());
                    json.writeStartArray();
                    entry.getValue().stream()
                        .limit(perMetric <= 0 ? Long.MAX_VALUE : perMetric)
                        .forEach(said -> metadata(json, said));
                    json.writeEndArray();
                  });
          json.writeEndObject();
        });
  }

  private static void metadata(JsonGenerator json, MetricMetadata said) {
    json.writeStartObject();
    json.writeStringProperty("type", said.type());
    json.writeStringProperty("help", said.help());
    json.writeStringProperty("unit", said.unit());
    json.writeEndObject();
  }
}
