package io.aom.alarm.query;

import io.aom.alarm.state.Sample;
import io.aom.identity.Identity;
import io.aom.identity.IdentityTokens;
import io.aom.identity.Role;
import io.aom.service.http.ObservedHttpClient;
import io.aom.telemetry.ShortText;
import io.aom.telemetry.TenantId;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks the Prometheus HTTP API of metrics-service (instant queries). An answer counts as complete
 * if it says neither that it is partial nor that its data is complete only until before the asked
 * time: {@code X-AOM-Partial} and {@code X-AOM-Complete-Until}, or the members {@code partial} and
 * {@code freshness.completeUntil}.
 */
public final class MetricsQueries implements ConditionQueries, AutoCloseable {
  static final String PARTIAL_HEADER = "X-AOM-Partial";
  static final String COMPLETE_UNTIL_HEADER = "X-AOM-Complete-Until";

  private static final String PATH = "/prometheus/api/v1/query";
  private static final String SUBJECT = "alarm-service";
  private static final Duration LEAST_PATIENCE = Duration.ofSeconds(10);
  private static final Duration MOST_MARGIN = Duration.ofSeconds(1);
  private static final int MAX_ANSWER_BYTES = 16 * 1024 * 1024;
  private static final int MAX_REASON_LENGTH = 500;

  private final URI endpoint;
  private final IdentityTokens tokens;
  private final Duration timeout;
  private final Places places;
  private final ObservedHttpClient http;
  private final ScheduledExecutorService deadlines;
  private final JsonMapper json = JsonMapper.builder().build();

  /**
   * @param metrics base URL of metrics-service
   * @param timeout bound on one question, waiting for its turn not counted, whatever the asker's
   *     patience
   * @param concurrency most questions at a time
   * @param observations counts and traces questions
   */
  public MetricsQueries(
      URI metrics,
      IdentityTokens tokens,
      Duration timeout,
      int concurrency,
      ObservationRegistry observations) {
    this.endpoint = URI.create(metrics.toString().replaceAll("/+$", "") + PATH);
    this.tokens = tokens;
    this.timeout = timeout;
    this.places = new Places(concurrency, given(limit(Duration.ZERO)), System::nanoTime);
    this.http = ObservedHttpClient.toServices(observations);
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("alarm-question-deadline").factory());
    timer.setRemoveOnCancelPolicy(true);
    this.deadlines = timer;
  }

  @Override
  public Answer ask(TenantId tenant, String promql, Instant at, Duration patience)
      throws InterruptedException {
    Duration limit = limit(patience);
    try (Places.Place place = places.take(new Places.Question(tenant, promql), limit)) {
      return place == null
          ? new Answer.TimedOut("too many questions at a time, no turn within " + limit)
          : send(tenant, promql, at, limit);
    }
  }

  private Answer send(TenantId tenant, String promql, Instant at, Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    try {
      HttpResponse<InputStream> response =
          http.send(
              PATH, request(tenant, promql, at, limit), HttpResponse.BodyHandlers.ofInputStream());
      byte[] bytes = bytes(response.body(), end);
      if (System.nanoTime() - end >= 0) {
        return timedOut(limit); // what was cut off then may look whole
      }
      if (bytes.length > MAX_ANSWER_BYTES) {
        return new Answer.Refused("answer: larger than " + MAX_ANSWER_BYTES + " bytes");
      }
      return read(response, bytes, at);
    } catch (HttpConnectTimeoutException e) {
      return new Answer.Unsettled("metrics-service: " + e);
    } catch (HttpTimeoutException e) {
      return timedOut(limit);
    } catch (IOException e) {
      return System.nanoTime() - end >= 0
          ? timedOut(limit)
          : new Answer.Unsettled("metrics-service: " + e);
    }
  }

  private static Answer timedOut(Duration limit) {
    return new Answer.TimedOut("metrics-service: no answer within " + limit);
  }

  /**
   * Reads a body, which the client itself waits for without a bound.
   *
   * @param end when it is closed if it is still being read, as {@link System#nanoTime}
   */
  private byte[] bytes(InputStream body, long end) throws IOException {
    ScheduledFuture<?> deadline =
        deadlines.schedule(() -> close(body), end - System.nanoTime(), TimeUnit.NANOSECONDS);
    try (body) {
      return body.readNBytes(MAX_ANSWER_BYTES + 1);
    } finally {
      deadline.cancel(false);
    }
  }

  private static void close(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How long a question of the asker's patience may take. */
  Duration limit(Duration patience) {
    Duration granted = patience.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : patience;
    return granted.compareTo(timeout) < 0 ? granted : timeout;
  }

  /**
   * What metrics-service gets of a limit, so that it is the one that ends a question and says why.
   */
  private static Duration given(Duration limit) {
    Duration margin = limit.dividedBy(10);
    return limit.minus(margin.compareTo(MOST_MARGIN) < 0 ? margin : MOST_MARGIN);
  }

  private HttpRequest.Builder request(TenantId tenant, String promql, Instant at, Duration limit) {
    String time = "%d.%03d".formatted(at.getEpochSecond(), at.getNano() / 1_000_000);
    String form =
        "query="
            + URLEncoder.encode(promql, StandardCharsets.UTF_8)
            + "&time="
            + time
            + "&timeout="
            + given(limit).toMillis()
            + "ms";
    Identity identity = new Identity(SUBJECT, tenant, Set.of(Role.VIEWER));
    return HttpRequest.newBuilder(endpoint)
        .timeout(limit)
        .header(IdentityTokens.HEADER, tokens.mint(identity))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(form));
  }

  private Answer read(HttpResponse<?> response, byte[] bytes, Instant at) {
    int status = response.statusCode();
    JsonNode body;
    try {
      body = json.readTree(bytes);
    } catch (JacksonException e) {
      return new Answer.Unsettled("status " + status + ", not JSON: " + e.getOriginalMessage());
    }
    if (status != 200 || !body.path("status").asString("").equals("success")) {
      String reason = reason(status, body);
      if (body.path("errorType").asString("").equals("timeout")) {
        return new Answer.TooLong(reason);
      }
      return status == 400 || status == 422
          ? new Answer.Refused(reason)
          : new Answer.Unsettled(reason);
    }
    try {
      String unsettled = unsettled(response, body, at);
      return unsettled != null ? new Answer.Unsettled(unsettled) : samples(body.path("data"));
    } catch (NumberFormatException | DateTimeException e) {
      return new Answer.Unsettled("answer not readable: " + e.getMessage());
    }
  }

  private static @Nullable String unsettled(HttpResponse<?> response, JsonNode body, Instant at) {
    boolean partial =
        response.headers().firstValue(PARTIAL_HEADER).map(Boolean::parseBoolean).orElse(false)
            || body.path("partial").asBoolean(false);
    if (partial) {
      return "partial: " + body.path("warnings");
    }
    Instant completeUntil =
        response
            .headers()
            .firstValue(COMPLETE_UNTIL_HEADER)
            .map(MetricsQueries::time)
            .orElseGet(() -> time(body.path("freshness").path("completeUntil").asString("")));
    return completeUntil != null && completeUntil.isBefore(at)
        ? "complete until " + completeUntil + " (expected: " + at + ")"
        : null;
  }

  private static @Nullable Instant time(String text) {
    if (text.isEmpty()) {
      return null;
    }
    return text.chars().allMatch(c -> c >= '0' && c <= '9')
        ? Instant.ofEpochMilli(Long.parseLong(text))
        : Instant.parse(text);
  }

  private static Answer samples(JsonNode data) {
    JsonNode result = data.path("result");
    String type = data.path("resultType").asString("");
    return switch (type) {
      case "vector" -> {
        List<Sample> samples = new ArrayList<>(result.size());
        for (JsonNode series : result) {
          Map<String, String> labels = new LinkedHashMap<>();
          series.path("metric").forEachEntry((name, value) -> labels.put(name, value.asString()));
          samples.add(Sample.of(labels, value(series.path("value"))));
        }
        yield new Answer.Complete(samples);
      }
      case "scalar" -> new Answer.Complete(List.of(Sample.of(Map.of(), value(result))));
      default -> new Answer.Refused("resultType: " + type + " (expected: vector or scalar)");
    };
  }

  /** A native histogram has no single value; that it is there is what counts. */
  private static double value(JsonNode pair) {
    String text = pair.path(1).asString("NaN");
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  private static String reason(int status, JsonNode body) {
    String text = body.path("error").asString(body.path("detail").asString("no reason given"));
    return "status " + status + ": " + ShortText.of(text, MAX_REASON_LENGTH);
  }

  @Override
  public void close() {
    deadlines.shutdownNow();
    http.close();
  }
}
