package io.aom.ingest.ledger;

import io.aom.identity.Identity;
import io.aom.identity.IdentityTokens;
import io.aom.ingest.intake.Signal;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Asks the services over HTTP, in the name of ingest. */
final class HttpSignalLedgers implements SignalLedgers, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HttpSignalLedgers.class);
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /** The answer is about all tenants; the statement only says that a service asks. */
  private static final Identity INGEST = Identity.ofService("ingest", new TenantId("default"));

  private final HttpClient http;
  private final ServicesProperties services;
  private final IdentityTokens tokens;
  private final Duration timeout;

  HttpSignalLedgers(ServicesProperties services, IdentityTokens tokens, Duration timeout) {
    this.services = services;
    this.tokens = tokens;
    this.timeout = timeout;
    http = HttpClient.newBuilder().connectTimeout(timeout).build();
  }

  @Override
  public Answer ask(Signal signal, Instant from, Instant to) {
    URI base =
        switch (signal) {
          case METRICS -> services.metrics();
          case LOGS -> services.log();
          case SPANS -> services.topology();
        };
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve("/internal/v1/ledger?from=" + from + "&to=" + to))
            .timeout(timeout)
            .header(IdentityTokens.HEADER, tokens.mint(INGEST))
            .build();
    try {
      HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() == 200) {
        return JSON.readValue(response.body(), Answer.class);
      }
      log.warn("ledger of {}: answered {} (expected: 200)", signal.label(), response.statusCode());
    } catch (IOException | JacksonException e) {
      log.warn("ledger of {}: no answer: {}", signal.label(), e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Answer.NONE;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
