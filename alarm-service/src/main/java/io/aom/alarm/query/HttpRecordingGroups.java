package io.aom.alarm.query;

import io.aom.identity.Identity;
import io.aom.identity.IdentityTokens;
import io.aom.service.http.ObservedHttpClient;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks metrics-service. */
public final class HttpRecordingGroups implements RecordingGroups, AutoCloseable {
  private static final String PATH = "/internal/v1/recording-groups";
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final URI endpoint;
  private final IdentityTokens tokens;
  private final ObservedHttpClient http;
  private final JsonMapper json = JsonMapper.builder().build();

  /**
   * @param metrics base URL of metrics-service
   */
  public HttpRecordingGroups(URI metrics, IdentityTokens tokens, ObservationRegistry observations) {
    this.endpoint = metrics.resolve(PATH);
    this.tokens = tokens;
    this.http = ObservedHttpClient.toServices(observations);
  }

  @Override
  public List<JsonNode> of(TenantId tenant) {
    try {
      HttpResponse<byte[]> answer =
          http.send(
              PATH,
              HttpRequest.newBuilder(endpoint)
                  .timeout(TIMEOUT)
                  .header(
                      IdentityTokens.HEADER,
                      tokens.mint(Identity.ofService("alarm-service", tenant))),
              HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw unavailable("status " + answer.statusCode());
      }
      return json.readTree(answer.body()).path("groups").valueStream().toList();
    } catch (IOException | JacksonException e) {
      throw unavailable(e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable("stopping");
    }
  }

  private static RejectedException unavailable(String reason) {
    return new RejectedException(
        Problem.UNAVAILABLE,
        "recording rules cannot be read now: " + reason + " (retry, or ask with type=alert)");
  }

  @Override
  public void close() {
    http.close();
  }
}
