package io.aom.metrics.query.web;

import io.aom.identity.Identity;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Queries for a gateway that runs in the same JVM, without a socket and servlets between them: same
 * answers, same words, same counts. Thread-safe.
 */
public final class DirectQueries {
  private static final Map<String, Endpoint> BY_NAME =
      Map.of(
          "query", (on, caller, asked, reply) -> on.queries.query(caller, asked, reply),
          "query_range", (on, caller, asked, reply) -> on.queries.queryRange(caller, asked, reply),
          "query_exemplars",
              (on, caller, asked, reply) -> on.queries.queryExemplars(caller, asked, reply),
          "series", (on, caller, asked, reply) -> on.labels.series(caller, asked, reply),
          "labels", (on, caller, asked, reply) -> on.labels.labels(caller, asked, reply));

  private static final Map<String, Endpoint> ENDPOINTS =
      BY_NAME.entrySet().stream()
          .flatMap(
              endpoint ->
                  Stream.of("/prometheus/api/v1/", "/api/v1/")
                      .map(prefix -> Map.entry(prefix + endpoint.getKey(), endpoint.getValue())))
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  private final QueryController queries;
  private final LabelController labels;
  private final PrometheusAdvice failures;

  @FunctionalInterface
  private interface Endpoint {
    void answer(DirectQueries on, Identity caller, PrometheusParameters asked, Reply reply)
        throws IOException;
  }

  DirectQueries(QueryController queries, LabelController labels, PrometheusAdvice failures) {
    this.queries = queries;
    this.labels = labels;
    this.failures = failures;
  }

  /** Whether that path is answered here; all others only over HTTP. */
  public static boolean answers(String path) {
    return ENDPOINTS.containsKey(path);
  }

  /**
   * Answers, be it with an error. Takes as long as it takes to write the answer.
   *
   * @param path one that is {@linkplain #answers answered}
   * @param caller who may ask; the caller of this method has made sure
   * @param parameters of the form, then of the query string; each with one value at least
   * @throws IOException if even an error cannot be written
   */
  public void answer(
      String path, Identity caller, Map<String, List<String>> parameters, Reply reply)
      throws IOException {
    Endpoint endpoint = ENDPOINTS.get(path);
    if (endpoint == null) {
      throw new IllegalArgumentException(
          "path: " + path + " (expected: one of " + ENDPOINTS.keySet() + ")");
    }
    try {
      endpoint.answer(this, caller, new PrometheusParameters(parameters), reply);
    } catch (Exception e) {
      failures.onFailure(e, reply);
    }
  }
}
