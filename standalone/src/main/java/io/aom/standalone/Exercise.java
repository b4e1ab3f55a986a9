package io.aom.standalone;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Some seconds of what agents send and people ask for, through the gateway. Agents send enough of
 * each kind for the JVMs to compile what each request and each item goes through, since only then
 * do start caches have whole profiles of it. AOM's own telemetry is sent beside it.
 */
final class Exercise implements AutoCloseable {
  private static final int ROUNDS = 10;
  private static final int AGENTS = 4;

  /** Of each agent in a round; of the other kinds it sends a part of that. */
  private static final int REMOTE_WRITES = 60;

  private static final Duration PAST = Duration.ofMinutes(45);

  /** Too much at once, and not yet ready. */
  private static final Set<Integer> LATER = Set.of(429, 503);

  private static final int OK_CLASS = 2;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private static final String SERVICE =
      """
      "resource":{"attributes":[{"key":"service.name","value":{"stringValue":"training"}}]}\
      """;

  private final PortPlan ports;
  private final String key;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final List<AgentLoad> agents;

  /**
   * Sends nothing yet.
   *
   * @param key of an admin
   */
  Exercise(PortPlan ports, String key) {
    this.ports = ports;
    this.key = key;
    long start = System.currentTimeMillis() - PAST.toMillis();
    this.agents =
        IntStream.range(0, AGENTS).mapToObj(i -> new AgentLoad("agent-" + i, start)).toList();
  }

  /** Throws, naming the request, if one is not answered with success. */
  void run() throws IOException, InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      sendMuch();
      long now = System.currentTimeMillis();
      send(round, now);
      ask(now - Duration.ofMinutes(10).toMillis(), now + Duration.ofMinutes(1).toMillis());
      for (String path : Questions.over(PAST, now)) {
        get(path);
      }
    }
  }

  @Override
  public void close() {
    http.close();
  }

  /** All agents at once, each one request after the other. */
  private void sendMuch() throws IOException, InterruptedException {
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Object>> sending = new ArrayList<>();
      for (AgentLoad agent : agents) {
        sending.add(
            each.submit(
                () -> {
                  send(agent);
                  return null;
                }));
      }
      for (Future<Object> one : sending) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    }
  }

  private void send(AgentLoad agent) throws IOException, InterruptedException {
    for (int i = 0; i < REMOTE_WRITES; i++) {
      agent.next();
      post("/prometheus/api/v1/write", agent.remoteWrite(), true);
      switch (i % 4) {
        case 0 -> post("/v1/metrics", agent.metrics(), false);
        case 1 -> post("/v1/logs", agent.logs(), false);
        case 2 -> post("/v1/traces", agent.spans(), false);
        default -> post("/api/v1/write", agent.remoteWriteTwo(), true);
      }
    }
  }

  private void post(String path, byte[] body, boolean remoteWrite)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(ports.url() + path))
            .POST(BodyPublishers.ofByteArray(body));
    if (remoteWrite) {
      boolean second = !path.startsWith("/prometheus");
      request
          .header("Content-Encoding", "snappy")
          .header(
              "Content-Type",
              second
                  ? "application/x-protobuf;proto=io.prometheus.write.v2.Request"
                  : "application/x-protobuf");
    } else {
      request.header("Content-Type", "application/x-protobuf");
    }
    request(request);
  }

  private void send(int round, long now) throws IOException, InterruptedException {
    String otlp = PortPlan.url(ports.otlpHttp());
    post(
        otlp + "/v1/logs",
        """
        {"resourceLogs":[{%s,"scopeLogs":[{"logRecords":[{"timeUnixNano":"%d000000",
          "severityNumber":9,"severityText":"INFO","body":{"stringValue":"training round %d"},
          "attributes":[{"key":"round","value":{"intValue":"%d"}}]}]}]}]}
        """
            .formatted(SERVICE, now, round, round));
    post(
        otlp + "/v1/metrics",
        """
        {"resourceMetrics":[{%s,"scopeMetrics":[{"metrics":[
          {"name":"training.rounds","sum":{"aggregationTemporality":2,"isMonotonic":true,
            "dataPoints":[{"timeUnixNano":"%d000000","asInt":"%d"}]}},
          {"name":"training.level","gauge":{
            "dataPoints":[{"timeUnixNano":"%d000000","asDouble":%d.5}]}}]}]}]}
        """
            .formatted(SERVICE, now, round, now, round));
    post(
        otlp + "/v1/traces",
        """
        {"resourceSpans":[{%s,"scopeSpans":[{"spans":[{"traceId":"%032x","spanId":"%016x",
          "name":"round","kind":2,"startTimeUnixNano":"%d000000","endTimeUnixNano":"%d000000",
          "status":{}}]}]}]}
        """
            .formatted(SERVICE, round + 1, round + 1, now - 5, now));
  }

  private void ask(long start, long end) throws IOException, InterruptedException {
    String window = "start=" + start + "&end=" + end;
    post(
        ports.url() + "/api/v1/logs/search",
        """
        {"start":%d,"end":%d,"query":"training","limit":20,"consistency":"strong"}
        """
            .formatted(start, end));
    post(
        ports.url() + "/api/v1/logs/histogram",
        """
        {"start":%d,"end":%d,"query":"training"}
        """
            .formatted(start, end));
    String seconds = "start=" + start / 1000 + "&end=" + end / 1000 + "&step=15";
    for (String path :
        List.of(
            "/prometheus/api/v1/query?query=training_level&consistency=strong",
            "/prometheus/api/v1/query_range?query=sum(rate(training_rounds_total%5B1m%5D))&"
                + seconds,
            "/prometheus/api/v1/series?match%5B%5D=training_level",
            "/prometheus/api/v1/label/job/values",
            "/api/v1/traces?consistency=strong&" + window,
            "/api/v1/services?" + window,
            "/api/v1/topology?" + window,
            "/api/v1/alarms",
            "/api/v1/alarm-rules",
            "/api/v1/whoami",
            "/api/v1/ledger?from=" + start + "&to=" + end)) {
      get(path);
    }
  }

  private void get(String path) throws IOException, InterruptedException {
    request(HttpRequest.newBuilder(URI.create(ports.url() + path)).GET());
  }

  private void post(String url, String json) throws IOException, InterruptedException {
    request(
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  /** Comes back after a refusal that tells a client to: right after a start there may be some. */
  private void request(HttpRequest.Builder builder) throws IOException, InterruptedException {
    HttpRequest request =
        builder.timeout(PATIENCE).header("Authorization", "Bearer " + key).build();
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    while (LATER.contains(response.statusCode()) && System.nanoTime() < deadline) {
      Thread.sleep(PAUSE);
      response = http.send(request, BodyHandlers.ofString());
    }
    if (response.statusCode() / 100 != OK_CLASS) {
      throw new IOException(
          request.method()
              + " "
              + request.uri()
              + ": "
              + response.statusCode()
              + " "
              + response.body().lines().findFirst().orElse(""));
    }
  }
}
