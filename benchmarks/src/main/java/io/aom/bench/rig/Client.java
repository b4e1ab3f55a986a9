package io.aom.bench.rig;

import java.io.IOException;
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

/**
 * Sends and asks, the same way to every system. Any refusal ends the run, unless the method says
 * otherwise. Thread-safe.
 *
 * <p>All methods throw IOException for an answer that is no success.
 */
public final class Client implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int TOO_MANY = 429;

  /** So often a question is asked again. */
  private static final int PATIENCE = 60;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /** How a system takes a body. */
  public interface Intake {
    HttpRequest write(byte[] body);

    /** Whether an answer says that everything was taken. */
    default boolean accepts(HttpResponse<String> answer) {
      return answer.statusCode() / 100 == 2;
    }
  }

  /**
   * Sends bodies by step and position, those of one position always over the same of the
   * connections, so that what belongs together arrives in order.
   */
  public void send(Intake intake, List<List<byte[]>> bodies, int connections)
      throws IOException, InterruptedException {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var senders = new ArrayList<Future<?>>();
      for (int i = 0; i < connections; i++) {
        int connection = i;
        senders.add(
            executor.submit(
                () -> {
                  for (List<byte[]> step : bodies) {
                    for (int at = connection; at < step.size(); at += connections) {
                      send(intake, step.get(at));
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

  /** Sends one body. */
  public void send(Intake intake, byte[] body) throws IOException, InterruptedException {
    HttpResponse<String> answer = answer(intake.write(body));
    if (!intake.accepts(answer)) {
      throw refused(answer);
    }
  }

  /** Whether the question is answered at all. */
  public boolean isAnswered(HttpRequest question) throws InterruptedException {
    try {
      return http.send(question, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whatever is answered. */
  public HttpResponse<String> answer(HttpRequest question)
      throws IOException, InterruptedException {
    return http.send(question, HttpResponse.BodyHandlers.ofString());
  }

  /** Reads an answer to its end without looking at it. */
  public void time(HttpRequest question) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            question,
            info ->
                info.statusCode() / 100 == 2
                    ? HttpResponse.BodySubscribers.replacing("")
                    : HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8));
    if (answer.statusCode() / 100 != 2) {
      throw refused(answer);
    }
  }

  /** The answer as JSON; a question that comes too soon is asked again when it may. */
  public JsonNode json(HttpRequest question) throws IOException, InterruptedException {
    HttpResponse<String> answer = answer(question);
    for (int again = 0; answer.statusCode() == TOO_MANY && again < PATIENCE; again++) {
      Thread.sleep(Duration.ofSeconds(answer.headers().firstValueAsLong("Retry-After").orElse(1)));
      answer = answer(question);
    }
    return parse(answer);
  }

  /** An answer as JSON. */
  public JsonNode parse(HttpResponse<String> answer) throws IOException {
    if (answer.statusCode() / 100 != 2) {
      throw refused(answer);
    }
    return JSON.readTree(answer.body().isEmpty() ? "{}" : answer.body());
  }

  private static IOException refused(HttpResponse<String> answer) {
    return new IOException(
        answer.request().method()
            + ' '
            + answer.uri()
            + " was refused: "
            + answer.statusCode()
            + ' '
            + answer.body());
  }

  /**
   * Size of the primaries of some indices of an OpenSearch, once flushed; 0 if there are none.
   *
   * @param indices names and patterns, separated by commas
   */
  public long openSearchBytes(Server server, String indices)
      throws IOException, InterruptedException {
    String none = "ignore_unavailable=true&allow_no_indices=true";
    json(
        server
            .request('/' + indices + "/_flush?" + none)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build());
    return json(server.request('/' + indices + "/_stats/store?ignore_unavailable=true").build())
        .at("/_all/primaries/store/size_in_bytes")
        .asLong(0);
  }

  @Override
  public void close() {
    http.close();
  }
}
