package io.aom.alarm.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.aom.identity.Identity;
import io.aom.identity.IdentitySecret;
import io.aom.identity.IdentityTokens;
import io.aom.identity.Role;
import io.aom.telemetry.TenantId;
import io.aom.testkit.Traces;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsQueriesTest {
  private static final Instant AT = Instant.parse("2026-01-01T00:00:10.250Z");
  private static final String EMPTY =
      "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}%s}";
  private static final IdentityTokens TOKENS =
      new IdentityTokens(
          IdentitySecret.of("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
          InstantSource.system());

  private final ObservationRegistry observations = Traces.observations();
  private HttpServer server;
  private MetricsQueries queries;
  private volatile int status = 200;
  private volatile String body = EMPTY.formatted("");
  private volatile Map<String, String> headers = Map.of();
  private volatile String received;
  private volatile String identity;
  private volatile String trace;
  private final CountDownLatch answers = new CountDownLatch(1);
  private volatile boolean slow;
  private volatile boolean stalls;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/prometheus/api/v1/query", this::answer);
    server.start();
    queries = queries(Duration.ofSeconds(30), 2);
  }

  private MetricsQueries queries(Duration timeout, int concurrency) {
    return new MetricsQueries(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"),
        TOKENS,
        timeout,
        concurrency,
        observations);
  }

  @AfterEach
  void stop() {
    answers.countDown();
    queries.close();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) {
    try (exchange) {
      received = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      trace = exchange.getRequestHeaders().getFirst(Traces.HEADER);
      identity = exchange.getRequestHeaders().getFirst(IdentityTokens.HEADER);
      if (slow) {
        answers.await();
      }
      headers.forEach(exchange.getResponseHeaders()::set);
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      if (stalls) {
        exchange.getResponseBody().write(bytes, 0, 1);
        exchange.getResponseBody().flush();
        answers.await();
      }
      exchange.getResponseBody().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Answer ask() throws InterruptedException {
    return queries.ask(new TenantId("acme"), "a{b=\"c\"} > 1", AT, Duration.ofMinutes(1));
  }

  @Test
  void asksAsAViewerOfTheTenantAtTheTick() throws Exception {
    assertThat(ask()).isInstanceOf(Answer.Complete.class);

    assertThat(URLDecoder.decode(received, StandardCharsets.UTF_8))
        .isEqualTo("query=a{b=\"c\"} > 1&time=1767225610.250&timeout=29000ms");
    Identity caller = TOKENS.verify(identity);
    assertThat(caller.tenant()).isEqualTo(new TenantId("acme"));
    assertThat(caller.roles()).containsExactly(Role.VIEWER);
  }

  @Test
  void isTracedAlsoWhereNoRequestLedToIt() throws Exception {
    ask();
    assertThat(trace).isEqualTo("none");

    Observation.createNotStarted("request", observations).observeChecked(this::ask);
    assertThat(trace).isEqualTo("request");
  }

  @Test
  void readsSeriesWithoutTheirMetricName() throws Exception {
    body =
        "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
            + "{\"metric\":{\"__name__\":\"a\",\"b\":\"c\"},\"value\":[1,\"2.5\"]},"
            + "{\"metric\":{\"b\":\"d\"},\"value\":[1,\"+Inf\"]}]}}";

    Answer.Complete answer = (Answer.Complete) ask();

    assertThat(answer.samples()).hasSize(2);
    assertThat(answer.samples().getFirst().labels()).isEqualTo(Map.of("b", "c"));
    assertThat(answer.samples().getFirst().value()).isEqualTo(2.5);
    assertThat(answer.samples().getLast().value()).isInfinite();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          success, empty           | 200 | `{"status":"success","data":{"resultType":"vector","result":[]}}`   | Complete
          scalar                   | 200 | `{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}` | Complete
          range                    | 200 | `{"status":"success","data":{"resultType":"matrix","result":[]}}`   | Refused
          partial                  | 200 | `{"status":"success","partial":true,"data":{"resultType":"vector","result":[]}}` | Unsettled
          complete to before tick  | 200 | `{"status":"success","freshness":{"completeUntil":"2026-01-01T00:00:10.249Z"},"data":{"resultType":"vector","result":[]}}` | Unsettled
          complete to the tick     | 200 | `{"status":"success","freshness":{"completeUntil":"2026-01-01T00:00:10.250Z"},"data":{"resultType":"vector","result":[]}}` | Complete
          bad query                | 400 | `{"status":"error","errorType":"bad_data","error":"parse error"}`   | Refused
          too large a query        | 422 | `{"status":"error","errorType":"execution","error":"too many"}`     | Refused
          too long a query         | 503 | `{"status":"error","errorType":"timeout","error":"too long"}`       | TooLong
          not now                  | 503 | `{"status":"error","errorType":"unavailable","error":"later"}`      | Unsettled
          our own mistake          | 401 | `{"title":"Not authenticated"}`                                     | Unsettled
          half an answer           | 200 | `{"status":"succ`                                                    | Unsettled
          not JSON                 | 502 | `<html>`                                                             | Unsettled
          """)
  void onlyACompleteAnswerCounts(
      String situation, int answerStatus, String answerBody, String expected) throws Exception {
    status = answerStatus;
    body = answerBody;

    assertThat(ask().getClass().getSimpleName()).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}: {1} is {2}")
  @CsvSource({
    "X-AOM-Partial, true, Unsettled",
    "X-AOM-Partial, false, Complete",
    "X-AOM-Complete-Until, 1767225610249, Unsettled",
    "X-AOM-Complete-Until, 1767225610250, Complete",
    "X-AOM-Complete-Until, 2026-01-01T00:00:09Z, Unsettled"
  })
  void headersSayHowFarTheAnswerIsComplete(String header, String value, String expected)
      throws Exception {
    headers = Map.of(header, value);

    assertThat(ask().getClass().getSimpleName()).isEqualTo(expected);
  }

  @Test
  void nobodyThereIsUnsettled() throws Exception {
    server.stop(0);

    assertThat(ask()).isInstanceOf(Answer.Unsettled.class);
  }

  @Test
  void nobodyWhoAnswersInTimeIsSaid() throws Exception {
    slow = true;
    queries.close();
    queries = queries(Duration.ofMillis(50), 2);

    assertThat(ask()).isEqualTo(new Answer.TimedOut("metrics-service: no answer within PT0.05S"));
  }

  @Test
  @Timeout(30)
  void anAnswerThatStallsDoesNotKeepItsPlace() throws Exception {
    stalls = true;
    queries.close();
    queries = queries(Duration.ofMillis(500), 1);

    assertThat(ask()).isEqualTo(new Answer.TimedOut("metrics-service: no answer within PT0.5S"));
    assertThat(ask()).isEqualTo(new Answer.TimedOut("metrics-service: no answer within PT0.5S"));
  }

  @Test
  void noTurnInTimeIsSaid() throws Exception {
    queries.close();
    queries = queries(Duration.ofMillis(50), 0);

    assertThat(ask())
        .isEqualTo(new Answer.TimedOut("too many questions at a time, no turn within PT0.05S"));
  }

  @ParameterizedTest(name = "of {1} with a timeout of {0}: {2}")
  @CsvSource({
    "PT2M, PT0S, PT10S",
    "PT2M, PT2S, PT10S",
    "PT2M, PT1M, PT1M",
    "PT2M, PT1H, PT2M",
    "PT5S, PT1M, PT5S",
    "PT5S, PT2S, PT5S"
  })
  void aQuestionMayTakeAsLongAsItsIntervalIs(
      Duration timeout, Duration patience, Duration expected) {
    try (MetricsQueries asked = queries(timeout, 1)) {
      assertThat(asked.limit(patience)).isEqualTo(expected);
    }
  }
}
