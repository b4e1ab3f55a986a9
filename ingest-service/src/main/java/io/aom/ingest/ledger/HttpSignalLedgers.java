package io.aom.ingest.ledger;

import io.aom.identity.Identity;
import io.aom.identity.IdentityTokens;
import io.aom.ingest.intake.Signal;
import io.aom.service.http.ObservedHttpClient;
import io.aom.telemetry.TenantId;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

  private static final String PATH = "/internal/v1/ledger";

  /** The answer is about all tenants; the statement only says that a service asks. */
  private static final Identity INGEST = Identity.ofService("ingest", new TenantId("default"));

  private final ObservedHttpClient http;
  private final ServicesProperties services;
  private final IdentityTokens tokens;
  private final Duration timeout;

  HttpSignalLedgers(
      ServicesProperties services,
      IdentityTokens tokens,
      Duration timeout,
      ObservationRegistry observations) {
    this.services = services;
    this.tokens = tokens;
    this.timeout = timeout;
    http =
        new ObservedHttpClient(
            HttpClient.newBuilder().connectTimeout(timeout).build(), observations);
  }

  @Override
  public Map<Signal, Answer> ask(Instant from, Instant to) {
    Map<Signal, Future<Answer>> asked = new EnumMap<>(Signal.class);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Signal signal : Signal.values()) {
        asked.put(signal, executor.submit(http.within(() -> ask(signal, from, to))));
      }
    }
    Map<Signal, Answer> answers = new EnumMap<>(Signal.class);
    asked.forEach((signal, answer) -> answers.put(signal, answer.resultNow()));
    return answers;
  }

  private Answer ask(Signal signal, Instant from, Instant to) {
    URI base =
        switch (signal) {
          case METRICS -> services.metrics();
          case LOGS -> services.log();
          case SPANS -> services.topology();
        };
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(PATH + "?from=" + from + "&to=" + to))
            .timeout(timeout)
            .header(IdentityTokens.HEADER, tokens.mint(INGEST));
    try {
      HttpResponse<byte[]> response =
          http.send(PATH, request, HttpResponse.BodyHandlers.ofByteArray());
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
    http.close();
  }
}
