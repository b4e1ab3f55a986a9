package io.aom.bench.rig;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Whatever takes remote write 1.0 and answers Prometheus' API.
 *
 * @param api path before {@code /api/v1}
 * @param aom set if it is one
 */
public record MetricStore(Server server, String api, Optional<Aom> aom) implements Client.Intake {
  /** AOM and those peers that are there, AOM first. */
  public static List<MetricStore> all(Optional<Aom> aom, List<Server> peers) {
    var stores = new ArrayList<MetricStore>();
    aom.ifPresent(found -> stores.add(of(found)));
    peers.forEach(peer -> stores.add(of(peer)));
    return List.copyOf(stores);
  }

  public static MetricStore of(Aom aom) {
    return new MetricStore(aom.gateway(), "/prometheus", Optional.of(aom));
  }

  public static MetricStore of(Server peer) {
    return new MetricStore(peer, "", Optional.empty());
  }

  public String name() {
    return server.name();
  }

  /** A question that any system in working order answers. */
  public HttpRequest probe() {
    return instant("vector(1)", 0);
  }

  @Override
  public HttpRequest write(byte[] body) {
    return server
        .request("/api/v1/write")
        .header("Content-Type", "application/x-protobuf")
        .header("Content-Encoding", "snappy")
        .header("X-Prometheus-Remote-Write-Version", "0.1.0")
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  public HttpRequest instant(String promql, long timeMillis) {
    return server
        .request(
            api
                + "/api/v1/query?nocache=1&query="
                + encode(promql)
                + "&time="
                + seconds(timeMillis))
        .build();
  }

  /** Both ends count. */
  public HttpRequest range(String promql, long fromMillis, long toMillis, long stepMillis) {
    return server
        .request(
            api
                + "/api/v1/query_range?nocache=1&query="
                + encode(promql)
                + "&start="
                + seconds(fromMillis)
                + "&end="
                + seconds(toMillis)
                + "&step="
                + seconds(stepMillis))
        .build();
  }

  /** Sum of all values that an instant query answers; 0 if it answers none. */
  public double sum(Client client, String promql, long timeMillis)
      throws IOException, InterruptedException {
    double sum = 0;
    for (JsonNode series : result(client, instant(promql, timeMillis))) {
      sum += Double.parseDouble(series.path("value").path(1).asString());
    }
    return sum;
  }

  /** Sum of all values that a range query answers. */
  public double sum(Client client, String promql, long fromMillis, long toMillis, long stepMillis)
      throws IOException, InterruptedException {
    double sum = 0;
    for (JsonNode series : result(client, range(promql, fromMillis, toMillis, stepMillis))) {
      for (JsonNode point : series.path("values")) {
        sum += Double.parseDouble(point.path(1).asString());
      }
    }
    return sum;
  }

  /**
   * The series of an answer.
   *
   * @throws IOException if it is refused, or not whole
   */
  public static JsonNode result(Client client, HttpRequest question)
      throws IOException, InterruptedException {
    JsonNode answer = client.json(question);
    if (answer.path("isPartial").asBoolean(false) || !answer.path("warnings").isMissingNode()) {
      throw new IOException(question.uri() + ": not whole: " + answer.path("warnings"));
    }
    return answer.path("data").path("result");
  }

  private static String encode(String promql) {
    return URLEncoder.encode(promql, StandardCharsets.UTF_8);
  }

  private static String seconds(long millis) {
    return millis % 1000 == 0
        ? Long.toString(millis / 1000)
        : String.format(Locale.ROOT, "%.3f", millis / 1000.0);
  }
}
