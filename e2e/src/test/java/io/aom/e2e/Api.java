package io.aom.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * AOM's APIs over HTTP, with one key.
 *
 * @param url of the gateway
 * @param key sent with every request
 */
record Api(String url, String key) {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final long RETRY_MILLIS = 500;

  /** An agent's key, made as the documents say. */
  String agentKey(String name) throws IOException, InterruptedException {
    return post("/api/v1/keys", "{\"name\":\"%s\",\"role\":\"agent\"}".formatted(name))
        .get("key")
        .asString();
  }

  /** The answer to a GET that must succeed. */
  JsonNode get(String path, Map<String, ?> parameters) throws IOException, InterruptedException {
    String query = form(parameters);
    return must("GET", query.isEmpty() ? path : path + "?" + query, null);
  }

  /** Parameters as they stand in a query string. */
  static String form(Map<String, ?> parameters) {
    return new TreeMap<String, Object>(parameters)
        .entrySet().stream()
            .map(e -> e.getKey() + "=" + encoded(e.getValue()))
            .collect(Collectors.joining("&"));
  }

  /** The answer to a POST of JSON that must succeed. */
  JsonNode post(String path, String json) throws IOException, InterruptedException {
    return must("POST", path, json);
  }

  /** A DELETE that must succeed. */
  void delete(String path) throws IOException, InterruptedException {
    must("DELETE", path, null);
  }

  /** Rows of a search of the last hour that takes in all that was acknowledged. */
  JsonNode logs(String query) throws IOException, InterruptedException {
    long now = System.currentTimeMillis();
    return post(
        "/api/v1/logs/search",
        JsonMapper.shared()
            .writeValueAsString(
                Map.of(
                    "start",
                    now - 3_600_000,
                    "end",
                    now + 60_000,
                    "query",
                    query,
                    "limit",
                    1000,
                    "consistency",
                    "strong")));
  }

  /** Result of an instant query that takes in all that was acknowledged. */
  JsonNode promql(String query) throws IOException, InterruptedException {
    return get("/prometheus/api/v1/query", Map.of("query", query, "consistency", "strong"))
        .get("data")
        .get("result");
  }

  /** Sends one log record over OTLP/HTTP; returns when it is acknowledged. */
  void sendLog(String service, String body) throws IOException, InterruptedException {
    post("/v1/logs", logRecord(service, body, System.currentTimeMillis()));
  }

  /** A request of OTLP/JSON with one log record. */
  static String logRecord(String service, String body, long timeMillis) {
    return """
    {"resourceLogs":[{"resource":{"attributes":[
      {"key":"service.name","value":{"stringValue":"%s"}}]},
      "scopeLogs":[{"logRecords":[{"timeUnixNano":"%d000000","severityNumber":9,
        "body":{"stringValue":"%s"}}]}]}]}
    """
        .formatted(service, timeMillis, body);
  }

  /** Sends one sample of a gauge, of now, over OTLP/HTTP; returns when it is acknowledged. */
  void sendGauge(String service, String name, double value)
      throws IOException, InterruptedException {
    sendGauge(service, name, value, System.currentTimeMillis());
  }

  /** Sends one sample of a gauge over OTLP/HTTP; returns when it is acknowledged. */
  void sendGauge(String service, String name, double value, long timeMillis)
      throws IOException, InterruptedException {
    post(
        "/v1/metrics",
        """
        {"resourceMetrics":[{"resource":{"attributes":[
          {"key":"service.name","value":{"stringValue":"%s"}}]},
          "scopeMetrics":[{"metrics":[{"name":"%s","gauge":{"dataPoints":[
            {"timeUnixNano":"%d000000","asDouble":%s}]}}]}]}]}
        """
            .formatted(service, name, timeMillis, value));
  }

  /** Status and body of any request, as they are; more headers as name, value, name, value. */
  HttpResponse<String> request(String method, String path, @Nullable String json, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(TIMEOUT)
            .header("Authorization", "Bearer " + key);
    if (json != null) {
      request.header("Content-Type", "application/json");
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    request.method(method, json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json));
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  /** Comes back after a 503 with {@code Retry-After}, as the documents tell clients to. */
  private JsonNode must(String method, String path, @Nullable String json)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    HttpResponse<String> response = request(method, path, json);
    while (response.statusCode() == 503
        && response.headers().firstValue("Retry-After").isPresent()
        && System.nanoTime() < deadline) {
      Thread.sleep(RETRY_MILLIS);
      response = request(method, path, json);
    }
    if (response.statusCode() / 100 != 2) {
      throw new AssertionError(
          response.request() + ": " + response.statusCode() + " " + response.body());
    }
    return JsonMapper.shared().readTree(response.body().isEmpty() ? "null" : response.body());
  }

  private static String encoded(Object value) {
    return URLEncoder.encode(String.valueOf(value), StandardCharsets.UTF_8);
  }
}
