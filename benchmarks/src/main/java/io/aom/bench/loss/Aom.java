package io.aom.bench.loss;

import io.aom.bench.rig.Launcher;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An AOM on this machine: its processes, by {@code ./aom}, and its APIs. Thread-safe.
 *
 * @param launcher the script with its data folder
 * @param url address of all APIs; stays the same when it is started again
 */
record Aom(Launcher launcher, URI url, HttpClient http) {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final JsonMapper JSON = new JsonMapper();

  /** One process of it. */
  record Running(String name, long pid) {}

  /** What a request was answered with; status 0 if it was not answered at all. */
  record Answer(int status, String body) {
    JsonNode json() throws IOException {
      try {
        return JSON.readTree(body);
      } catch (JacksonException e) {
        throw new IOException("answer: " + body + " (expected: JSON)", e);
      }
    }
  }

  /**
   * The AOM that runs on this data.
   *
   * @throws IOException if none is ready there
   */
  static Aom find(Path data) throws IOException, InterruptedException {
    Launcher launcher = Launcher.of(data);
    JsonNode status = launcher.status();
    if (!status.path("ready").asBoolean(false)) {
      throw new IOException(
          "no AOM is ready on " + data + " (start it with ./aom up --detach --data " + data + ")");
    }
    return new Aom(
        launcher,
        URI.create(status.path("url").asString()),
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build());
  }

  String adminKey() throws IOException {
    return Files.readString(launcher.data().resolve("admin.key")).strip();
  }

  /** Its processes, as far as they live. */
  List<Running> processes() throws IOException, InterruptedException {
    var running = new ArrayList<Running>();
    for (JsonNode process : launcher.status().path("processes")) {
      var found = new Running(process.path("name").asString(), process.path("pid").asLong());
      if (isOurs(found.pid())) {
        running.add(found);
      }
    }
    return running;
  }

  /** Guards against a number that another process has by now: ours name their data folder. */
  private boolean isOurs(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().commandLine())
        .filter(line -> line.contains(launcher.data().toAbsolutePath().normalize().toString()))
        .isPresent();
  }

  /** {@code kill -9}; false if it had ended by itself. */
  boolean kill(Running process) {
    return isOurs(process.pid())
        && ProcessHandle.of(process.pid()).map(ProcessHandle::destroyForcibly).orElse(false);
  }

  /**
   * Starts it on the same data and port and waits until it is ready.
   *
   * @throws IOException with what it said, if it did not start
   */
  void up() throws IOException, InterruptedException {
    launcher.up(url.getPort(), Map.of());
  }

  /** Sends once; an answer with status 0 says that it is not known whether it arrived. */
  Answer send(String key, String path, List<String> headers, byte[] body)
      throws InterruptedException {
    HttpRequest.Builder request =
        request(key, path).POST(HttpRequest.BodyPublishers.ofByteArray(body));
    for (int i = 0; i < headers.size(); i += 2) {
      request.header(headers.get(i), headers.get(i + 1));
    }
    return exchange(request.build());
  }

  /**
   * Asks until there is an answer, since what it asks may be starting.
   *
   * @param body of a POST, as JSON; empty for a GET
   * @throws IOException if the answer is a refusal, or none comes within the patience
   */
  JsonNode ask(String key, String path, String body, Duration patience)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      HttpRequest.Builder request = request(key, path);
      if (!body.isEmpty()) {
        request
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
      }
      Answer answer = exchange(request.build());
      if (answer.status() / 100 == 2) {
        return answer.json();
      }
      boolean passing = answer.status() == 0 || answer.status() == 429 || answer.status() >= 500;
      if (!passing || System.nanoTime() > deadline) {
        throw new IOException(
            path + " was answered with " + answer.status() + ": " + answer.body());
      }
      Thread.sleep(PAUSE);
    }
  }

  private HttpRequest.Builder request(String key, String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(TIMEOUT)
        .header("Authorization", "Bearer " + key);
  }

  private Answer exchange(HttpRequest request) throws InterruptedException {
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      return new Answer(0, e.toString());
    }
  }
}
