package io.aom.ingest.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.aom.identity.IdentitySecret;
import io.aom.identity.IdentityTokens;
import io.aom.ingest.intake.Signal;
import io.aom.localstack.Ports;
import io.aom.testkit.Traces;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpSignalLedgersTest {
  private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
  private static final String ANSWER =
      """
      {"rows":[{"tenant":"acme","hour":"2026-01-01T00:00:00Z","accepted":5,"stored":3,"inHead":2,
       "deadLettered":0,"duplicate":0}],"freshness":{"completeUntil":"2026-01-01T00:30:00Z"},
       "partial":false,"more":1}
      """;

  private final List<String> received = new CopyOnWriteArrayList<>();
  private final ObservationRegistry observations = Traces.observations();
  private HttpServer server;
  private HttpSignalLedgers ledgers;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          received.add(
              exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst(Traces.HEADER));
          byte[] body = ANSWER.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    URI there = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    URI nobody = URI.create("http://127.0.0.1:" + Ports.free());
    ledgers =
        new HttpSignalLedgers(
            new ServicesProperties(there, there, nobody),
            new IdentityTokens(
                IdentitySecret.of(Base64.getEncoder().encodeToString(new byte[32])),
                InstantSource.system()),
            Duration.ofSeconds(10),
            observations);
  }

  @AfterEach
  void stop() {
    ledgers.close();
    server.stop(0);
  }

  @Test
  void allServicesAreAskedForTheRequestThatWantsToKnow() {
    Map<Signal, SignalLedgers.Answer> answers =
        Observation.createNotStarted("request", observations)
            .observe(() -> ledgers.ask(FROM, FROM.plusSeconds(3600)));

    assertThat(answers).containsOnlyKeys(Signal.values());
    assertThat(answers.get(Signal.METRICS)).isEqualTo(answers.get(Signal.LOGS));
    assertThat(answers.get(Signal.LOGS))
        .isEqualTo(
            new SignalLedgers.Answer(
                List.of(new SignalLedgers.Row("acme", FROM, 5, 3, 2, 0, 0)),
                new SignalLedgers.Freshness(FROM.plusSeconds(1800)),
                false));
    assertThat(answers.get(Signal.SPANS)).isEqualTo(SignalLedgers.Answer.NONE);
    String path = "/internal/v1/ledger?from=2026-01-01T00:00:00Z&to=2026-01-01T01:00:00Z";
    assertThat(received).containsExactly(path + " request", path + " request");
  }
}
