package io.aom.bench;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends rounds and asks questions, the same way to every system. Any refusal ends the run. */
final class Client implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /**
   * Sends all requests of a round, each position always from the same of the connections, so that
   * what belongs together arrives in order.
   */
  <R extends Round> void send(Contender<R> contender, R round, int connections)
      throws IOException, InterruptedException {
    List<List<byte[]>> bodies = contender.bodies(round);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var senders = new ArrayList<Future<?>>();
      for (int i = 0; i < connections; i++) {
        int connection = i;
        senders.add(
            executor.submit(
                () -> {
                  for (List<byte[]> step : bodies) {
                    for (int at = connection; at < step.size(); at += connections) {
                      write(contender, step.get(at));
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

  private void write(Contender<?> contender, byte[] body) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(contender.write(body), HttpResponse.BodyHandlers.ofString());
    if (!contender.accepts(answer)) {
      throw new IOException(
          contender.name() + " refused a write: " + answer.statusCode() + ' ' + answer.body());
    }
  }

  /** Whether the question is answered at all. */
  boolean isAnswered(HttpRequest question) throws InterruptedException {
    try {
      return http.send(question, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  HttpResponse<String> answer(HttpRequest question) throws IOException, InterruptedException {
    return http.send(question, HttpResponse.BodyHandlers.ofString());
  }

  /** The answer as JSON; anything but a success ends the run. */
  JsonNode json(HttpRequest question) throws IOException, InterruptedException {
    return parse(answer(question));
  }

  /** An answer as JSON; anything but a success ends the run. */
  JsonNode parse(HttpResponse<String> answer) throws IOException {
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(
          answer.request().method()
              + ' '
              + answer.uri()
              + " was refused: "
              + answer.statusCode()
              + ' '
              + answer.body());
    }
    return JSON.readTree(answer.body().isEmpty() ? "{}" : answer.body());
  }

  @Override
  public void close() {
    http.close();
  }
}
