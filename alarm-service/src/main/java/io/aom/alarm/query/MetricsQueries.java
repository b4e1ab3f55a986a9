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
import java.util.concurrent.Semaphore;
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
public final class MetricsQueries implements ConditionQueries {
  static final String PARTIAL_HEADER = "X-AOM-Partial";
  static final String COMPLETE_UNTIL_HEADER = "X-AOM-Complete-Until";

  private static final String PATH = "/prometheus/api/v1/query";
  private static final String SUBJECT = "alarm-service";
  private static final Duration LEAST_PATIENCE = Duration.ofSeconds(10);
  private static final int MAX_ANSWER_BYTES = 16 * 1024 * 1024;
  private static final int MAX_REASON_LENGTH = 500;

  private final URI endpoint;
  private final IdentityTokens tokens;
  private final Duration timeout;
  private final Semaphore places;
  private final ObservedHttpClient http;
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
    this.places = new Semaphore(concurrency, true);
    this.http = ObservedHttpClient.toServices(observations);
  }

  @Override
  public Answer ask(TenantId tenant, String promql, Instant at, Duration patience)
      throws InterruptedException {
    Duration limit = limit(patience);
    if (!places.tryAcquire(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      return new Answer.TimedOut("too many questions at a time, no turn within " + limit);
    }
    try {
      HttpResponse<InputStream> response =
          http.send(
              PATH, request(tenant, promql, at, limit), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        byte[] bytes = body.readNBytes(MAX_ANSWER_BYTES + 1);
        if (bytes.length > MAX_ANSWER_BYTES) {
          return new Answer.Refused("answer: larger than " + MAX_ANSWER_BYTES + " bytes");
        }
        return read(response, bytes, at);
      }
    } catch (HttpConnectTimeoutException e) {
      return new Answer.Unsettled("metrics-service: " + e);
    } catch (HttpTimeoutException e) {
      return new Answer.TimedOut("metrics-service: no answer within " + limit);
    } catch (IOException e) {
      return new Answer.Unsettled("metrics-service: " + e);
    } finally {
      places.release();
    }
  }

  /** How long a question of the asker's patience may take. */
  Duration limit(Duration patience) {
    Duration granted = patience.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : patience;
    return granted.compareTo(timeout) < 0 ? granted : timeout;
  }

  private HttpRequest.Builder request(TenantId tenant, String promql, Instant at, Duration limit) {
    String time = "%d.%03d".formatted(at.getEpochSecond(), at.getNano() / 1_000_000);
    String form = "query=" + URLEncoder.encode(promql, StandardCharsets.UTF_8) + "&time=" + time;
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
      // Asked again it would take as long again.
      boolean timedOut = body.path("errorType").asString("").equals("timeout");
      return status == 400 || status == 422 || timedOut
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
}
