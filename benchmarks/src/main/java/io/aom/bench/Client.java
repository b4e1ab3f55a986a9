package io.aom.bench;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends rounds and asks questions, the same way to every side. Any refusal ends the run. */
final class Client implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final JsonMapper json = new JsonMapper();

  /**
   * Sends all requests of a round, each position always from the same of the connections, so that
   * the samples of a series arrive in order.
   */
  void send(Side side, RemoteWritePayloads.Round round, int connections)
      throws IOException, InterruptedException {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var senders = new ArrayList<Future<?>>();
      for (int i = 0; i < connections; i++) {
        int connection = i;
        senders.add(
            executor.submit(
                () -> {
                  for (List<byte[]> step : round.steps()) {
                    for (int at = connection; at < step.size(); at += connections) {
                      write(side, step.get(at));
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> sender : senders) {
        sender.get();
      }
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    }
  }

  private void write(Side side, byte[] body) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            request(side, side.write())
                .header("Content-Type", "application/x-protobuf")
                .header("Content-Encoding", "snappy")
                .header("X-Prometheus-Remote-Write-Version", "0.1.0")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(
          side.name() + " refused a write: " + response.statusCode() + ' ' + response.body());
    }
  }

  /** Whether the query API answers at all. */
  boolean answers(Side side) throws InterruptedException {
    try {
      sum(side, "vector(1)", 0, 0);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Sum over all points that a range query answers, every {@link RemoteWritePayloads#STEP_MILLIS}.
   */
  double sum(Side side, String promql, long fromMillis, long toMillis)
      throws IOException, InterruptedException {
    URI uri =
        URI.create(
            side.query()
                + "/query_range?nocache=1&query="
                + URLEncoder.encode(promql, StandardCharsets.UTF_8)
                + "&start="
                + fromMillis / 1000
                + "&end="
                + toMillis / 1000
                + "&step="
                + RemoteWritePayloads.STEP_MILLIS / 1000);
    HttpResponse<String> response =
        http.send(request(side, uri).build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(
          side.name() + " refused a query: " + response.statusCode() + ' ' + response.body());
    }
    double sum = 0;
    for (JsonNode series : json.readTree(response.body()).path("data").path("result")) {
      for (JsonNode point : series.path("values")) {
        sum += Double.parseDouble(point.path(1).asString());
      }
    }
    return sum;
  }

  private static HttpRequest.Builder request(Side side, URI uri) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(uri).timeout(TIMEOUT);
    side.authorization().ifPresent(value -> builder.header("Authorization", value));
    return builder;
  }

  @Override
  public void close() {
    http.close();
  }
}
