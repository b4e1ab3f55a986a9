package io.aom.metrics.ingest;

import io.aom.identity.Identity;
import io.aom.identity.IdentityTokens;
import io.aom.identity.Role;
import io.aom.service.http.ObservedHttpClient;
import io.aom.telemetry.ShortText;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;

/**
 * Sends telemetry to ingest-service as any agent of a tenant would: so it is counted in the ledger,
 * kept within the tenant's limits, and acknowledged when Kafka has it. Thread-safe.
 */
public final class IngestClient implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int MAX_REASON_LENGTH = 500;

  private final URI ingest;
  private final IdentityTokens tokens;
  private final ObservedHttpClient http;

  /**
   * @param ingest base URL of ingest-service
   * @param http is closed with this
   */
  public IngestClient(URI ingest, IdentityTokens tokens, ObservedHttpClient http) {
    this.ingest = ingest;
    this.tokens = tokens;
    this.http = http;
  }

  /**
   * Sends a request, and returns whatever the answer is.
   *
   * @param path of which there are only a few, as metrics name it
   * @param sender what in this service sends it
   * @param headers names and values in turn
   */
  public HttpResponse<String> post(
      String path, String sender, TenantId tenant, byte[] body, String... headers)
      throws IOException, InterruptedException {
    Identity identity = new Identity(sender, tenant, Set.of(Role.AGENT));
    return http.send(
        path,
        HttpRequest.newBuilder(ingest.resolve(path))
            .timeout(TIMEOUT)
            .header(IdentityTokens.HEADER, tokens.mint(identity))
            .headers(headers)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body)),
        HttpResponse.BodyHandlers.ofString());
  }

  /** What an answer says, no longer than logs and messages want it. */
  public static String reason(HttpResponse<String> answer) {
    return ShortText.of(answer.body(), MAX_REASON_LENGTH);
  }

  @Override
  public void close() {
    http.close();
  }
}
