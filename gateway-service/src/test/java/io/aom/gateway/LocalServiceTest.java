package io.aom.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.aom.gateway.local.LocalService;
import io.aom.gateway.upstream.Service;
import io.aom.identity.Identity;
import io.aom.testkit.Await;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A service of the gateway's own JVM. */
class LocalServiceTest {
  private static final String QUERY = "/prometheus/api/v1/query";
  private static final Duration BOUND = Duration.ofSeconds(30);

  /** Notes what it is asked and answers as told. */
  private static final class Local implements LocalService {
    record Asked(String path, Identity caller, Map<String, List<String>> parameters) {}

    interface Behaviour {
      void answer(Reply reply) throws IOException;
    }

    final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    volatile Behaviour behaviour;

    @Override
    public Service service() {
      return Service.METRICS;
    }

    @Override
    public boolean answers(String path) {
      return path.equals(QUERY);
    }

    @Override
    public void answer(
        String path, Identity caller, Map<String, List<String>> parameters, Reply reply)
        throws IOException {
      asked.add(new Asked(path, caller, parameters));
      behaviour.answer(reply);
    }
  }

  private static final Local local = new Local();
  private static TestGateway gateway;

  @BeforeAll
  static void start() throws Exception {
    gateway = TestGateway.with(local, "aom.gateway.max-api-body=900KB");
    gateway.tenant("acme");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void begin() {
    local.asked.clear();
    local.behaviour = reply -> reply.body().write("ok".getBytes(UTF_8));
    gateway.backend.received.clear();
  }

  private static HttpResponse<String> get(TestGateway gateway) throws Exception {
    return gateway.send(gateway.request("GET", QUERY, gateway.adminKey()));
  }

  private HttpResponse<String> post(String path, String form) throws Exception {
    return gateway.send(
        gateway
            .request("POST", path, gateway.adminKey())
            .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            .POST(BodyPublishers.ofString(form)));
  }

  @Test
  void isAskedWithTheCallerAndTheParametersOfFormAndQuery() throws Exception {
    String acme = gateway.key("viewer", "acme");

    gateway.send(gateway.request("GET", QUERY + "?query=a%2Bb+c&time=&x=1&x=2&&y", acme));
    assertThat(local.asked.take())
        .satisfies(asked -> assertThat(asked.path()).isEqualTo(QUERY))
        .satisfies(asked -> assertThat(asked.caller().tenant().value()).isEqualTo("acme"))
        .satisfies(
            asked ->
                assertThat(asked.parameters())
                    .isEqualTo(
                        Map.of(
                            "query",
                            List.of("a+b c"),
                            "time",
                            List.of(""),
                            "x",
                            List.of("1", "2"),
                            "y",
                            List.of(""))));

    post(QUERY + "?query=second&time=5", "query=%7Bfirst%3D%22%C3%A4%22%7D");
    assertThat(local.asked.take().parameters())
        .isEqualTo(Map.of("query", List.of("{first=\"ä\"}", "second"), "time", List.of("5")));

    for (String type : List.of("text/plain", "form", "/")) {
      gateway.send(gateway.request("POST", QUERY + "?query=a", acme).header("Content-Type", type));
      assertThat(local.asked.take().parameters())
          .as("a body that is no form: %s", type)
          .isEqualTo(Map.of("query", List.of("a")));
    }
  }

  @Test
  void isNotAskedByWhoMayNotNorForWhatItDoesNotAnswer() throws Exception {

    assertThat(gateway.send(gateway.request("GET", QUERY, null)).statusCode()).isEqualTo(401);
    assertThat(gateway.send(gateway.request("GET", QUERY, gateway.key("agent", "acme"))))
        .returns(403, HttpResponse::statusCode);
    assertThat(gateway.send(gateway.request("PUT", QUERY, gateway.adminKey())).statusCode())
        .isEqualTo(405);
    assertThat(
            gateway
                .send(gateway.request("GET", "/prometheus/api/v1/labels", gateway.adminKey()))
                .body())
        .isEqualTo("ok");

    assertThat(local.asked).isEmpty();
    assertThat(gateway.backend.received).hasSize(1);
  }

  @Test
  void whatItSaysIsPassedOn() throws Exception {
    local.behaviour =
        reply -> {
          reply.header("X-AOM-Resolution", "1h");
          reply.body().write("a part of an answer".getBytes(UTF_8));
          assertThat(reply.reset()).isTrue();
          reply.status(422);
          reply.header("Content-Type", "application/json");
          reply.header("Retry-After", "7");
          reply.body().write('{');
          reply.body().write("xyz}".getBytes(UTF_8), 3, 1);
        };

    HttpResponse<String> answer = get(gateway);
    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body()).isEqualTo("{}");
    assertThat(answer.headers().map())
        .containsEntry("content-type", List.of("application/json"))
        .containsEntry("content-length", List.of("2"))
        .containsEntry("retry-after", List.of("7"))
        .containsEntry("x-content-type-options", List.of("nosniff"))
        .containsEntry("cache-control", List.of("no-store"))
        .doesNotContainKey("x-aom-resolution");

    HttpResponse<String> head = gateway.send(gateway.request("HEAD", QUERY, gateway.adminKey()));
    assertThat(head.statusCode()).isEqualTo(422);
    assertThat(head.headers().map()).containsEntry("content-length", List.of("2"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8_191, 8_192, 8_193, 1_000_000})
  void anAnswerOfAnyLengthComesWhole(int length) throws Exception {
    byte[] part = "0123456789".repeat(100).getBytes(US_ASCII);
    local.behaviour =
        reply -> {
          int written = 0;
          while (written < length) {
            int next = Math.min(part.length, length - written);
            reply.body().write(part, 0, next);
            written += next;
          }
          assertThat(reply.reset()).isEqualTo(length < 8_192);
          reply.body().write(part, 0, length < 8_192 ? length % 1000 : 0);
        };

    HttpResponse<String> answer = get(gateway);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).hasSize(length < 8_192 ? length % 1000 : length);
  }

  /** An error is no exception, and tells its caller nothing of itself either. */
  @Test
  void aFailureIsAnsweredAsOne() throws Exception {
    List<Local.Behaviour> failures =
        List.of(
            reply -> {
              throw new IllegalStateException("secret");
            },
            reply -> {
              throw new StackOverflowError("secret");
            });
    for (Local.Behaviour failure : failures) {
      local.behaviour = failure;
      HttpResponse<String> answer = get(gateway);
      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body())
          .contains("\"errorType\":\"internal\"")
          .contains("The gateway failed")
          .doesNotContain("secret");
    }
  }

  @Test
  void anAnswerThatBreaksOffIsCutOff() {
    local.behaviour =
        reply -> {
          reply.body().write(new byte[200_000]);
          assertThat(reply.reset()).isFalse();
          throw new IllegalStateException("broken off");
        };
    assertThatIOException().isThrownBy(() -> get(gateway));
  }

  @Test
  void aServiceThatDoesNotRunIsSpared() throws Exception {
    local.behaviour =
        reply -> {
          throw new ConnectException("not running");
        };
    try (TestGateway away = TestGateway.with(local)) {
      for (int i = 0; i < 15; i++) {
        HttpResponse<String> answer = get(away);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("\"errorType\":\"unavailable\"");
      }
    }
    assertThat(local.asked).as("asked before it was spared").hasSizeBetween(10, 14);
  }

  @Test
  void whoIsTooSlowLearnsThatNobodyWaits() throws Exception {
    BlockingQueue<Boolean> learnt = new LinkedBlockingQueue<>();
    local.behaviour =
        reply -> {
          Await.until("nobody waits", BOUND, reply::isAbandoned);
          learnt.add(true);
        };

    try (TestGateway hasty = TestGateway.with(local, "aom.gateway.query.timeout=300ms")) {
      HttpResponse<String> answer = get(hasty);
      assertThat(answer.statusCode()).isEqualTo(504);
      assertThat(answer.body()).contains("no answer in time");
      assertThat(learnt.take()).isTrue();
    }
  }

  /** On a busy machine even these may come too late. */
  private static void quietly(TestGateway gateway) throws Exception {
    try {
      get(gateway);
    } catch (IOException cutOff) {
      // Its reader has noticed, which is all that is asked for.
    }
  }

  /** What is said when the time is over is not mixed with what comes a moment later. */
  @Test
  void anAnswerThatComesAsTheTimeIsOverIsWholeOrNotThere() throws Exception {
    try (TestGateway hasty = TestGateway.with(local, "aom.gateway.query.timeout=50ms")) {
      Local.Behaviour quick = local.behaviour;
      for (int i = 0; i < 40; i++) {
        local.behaviour = quick; // of three answers one too late: the service is not spared
        quietly(hasty);
        quietly(hasty);
        long late = System.nanoTime() + Duration.ofMillis(48).toNanos() + i * 100_000L;
        local.behaviour =
            reply -> {
              while (System.nanoTime() < late) {
                Thread.onSpinWait();
              }
              reply.status(202);
              reply.header("X-Late", "true");
              reply.body().write("late".getBytes(UTF_8));
            };
        HttpResponse<String> answer;
        try {
          answer = get(hasty);
        } catch (IOException e) {
          continue; // cut off, which is seen
        }
        if (answer.headers().firstValue("X-Late").isPresent()) {
          assertThat(answer.statusCode()).isEqualTo(202);
          assertThat(answer.body()).isEqualTo("late");
        } else {
          assertThat(answer.statusCode()).isIn(503, 504); // 503 once the service is spared
          assertThat(answer.body()).matches("\\{.*(no answer in time|did not answer lately)\"}");
        }
      }
    }
  }

  /** A client that does not read holds some parts of its answer and not all of them. */
  @Test
  void noMoreIsMadeThanIsRead() throws Exception {
    AtomicLong made = new AtomicLong();
    BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    local.behaviour =
        reply -> {
          byte[] part = new byte[16 * 1024];
          try {
            for (int i = 0; i < 100_000; i++) {
              reply.body().write(part);
              made.addAndGet(part.length);
            }
          } catch (IOException e) {
            ends.add("left");
            throw e;
          }
        };
    try (Socket client = new Socket()) {
      client.setReceiveBufferSize(64 * 1024);
      client.connect(new InetSocketAddress("127.0.0.1", gateway.ports.http()));
      client
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: a\r\nX-API-Key: %s\r\n\r\n"
                  .formatted(QUERY, gateway.adminKey())
                  .getBytes(US_ASCII));
      Await.until("it writes", BOUND, () -> made.get() > 0);
      AtomicLong seen = new AtomicLong();
      AtomicInteger times = new AtomicInteger();
      Await.until(
          "it waits",
          BOUND,
          () -> {
            long now = made.get();
            return seen.getAndSet(now) == now
                ? times.incrementAndGet() > 50
                : times.getAndSet(0) < 0;
          });
      assertThat(made.get()).isLessThan(8 << 20); // of it most in the system's own buffers
    }
    assertThat(ends.take()).isEqualTo("left");
  }

  @Test
  void aClientThatLeavesEndsItsRequest() throws Exception {
    BlockingQueue<String> steps = new LinkedBlockingQueue<>();
    local.behaviour =
        reply -> {
          steps.add("asked");
          Await.until("nobody waits", BOUND, reply::isAbandoned);
          steps.add("over");
        };
    try (Socket client = new Socket("127.0.0.1", gateway.ports.http())) {
      client
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: a\r\nX-API-Key: %s\r\n\r\n"
                  .formatted(QUERY, gateway.adminKey())
                  .getBytes(US_ASCII));
      assertThat(steps.take()).isEqualTo("asked");
    }
    assertThat(steps.take()).isEqualTo("over");
  }

  /** Of a form that does not come its sender is to blame, and the service goes on. */
  @Test
  void aFormThatDoesNotComeIsWaitedForForATimeOnly() throws Exception {
    try (TestGateway hasty = TestGateway.with(local, "aom.gateway.query.timeout=300ms")) {
      for (int i = 0; i < 12; i++) {
        try (Socket client = new Socket("127.0.0.1", hasty.ports.http())) {
          client.setSoTimeout(30_000);
          String head =
              "POST %s HTTP/1.1\r\nHost: a\r\nX-API-Key: %s\r\nContent-Length: 10\r\n"
                  .formatted(QUERY, hasty.adminKey());
          String form = "Content-Type: application/x-www-form-urlencoded\r\n\r\nabc";
          client.getOutputStream().write((head + form).getBytes(US_ASCII));
          assertThat(new String(client.getInputStream().readNBytes(12), US_ASCII))
              .isEqualTo("HTTP/1.1 408");
        }
      }
      assertThat(local.asked).isEmpty();
      assertThat(get(hasty).statusCode()).isEqualTo(200);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a=%4        | 1    | 400 | form: not readable
          %zz=1       | 1    | 400 | form: not readable
          a&          | 1000 | 200 | ok
          a&          | 1001 | 400 | parameters: more than 1000
          &           | 5000 | 200 | ok
          0123456789& | 99999 | 413 | body: larger than
          """)
  void aFormHasBounds(String part, int times, int status, String body) throws Exception {

    HttpResponse<String> answer = post(QUERY, part.repeat(times));
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).contains(body);
    assertThat(local.asked).hasSize(status == 200 ? 1 : 0);
  }
}
