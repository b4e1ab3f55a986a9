package io.aom.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.localstack.Ports;
import io.aom.testkit.Await;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Services that are away, slow or full. */
class GuardTest {
  private static final Duration BOUND = Duration.ofSeconds(30);

  @Test
  void aServiceThatIsAwayIsSparedAndFoundAgain() throws Exception {
    int port = Ports.free();
    try (TestGateway gateway =
        TestGateway.start(
            "aom.services.metrics=http://127.0.0.1:" + port,
            "aom.services.ingest=http://127.0.0.1:" + port)) {
      String key = gateway.adminKey();
      for (String path : new String[] {"/prometheus/api/v1/labels", "/v1/traces"}) {
        String method = path.startsWith("/v1") ? "POST" : "GET";
        List<String> reasons = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
          HttpResponse<String> response = gateway.send(gateway.request(method, path, key));
          assertThat(response.statusCode()).isEqualTo(503);
          assertThat(response.headers().firstValueAsLong("Retry-After").orElseThrow())
              .isBetween(1L, 10L);
          reasons.add(response.body());
        }
        assertThat(reasons.getFirst()).contains("does not answer");
        assertThat(reasons).anySatisfy(r -> assertThat(r).contains("did not answer lately"));
      }
      assertThat(gateway.send(gateway.request("GET", "/api/v1/services", key)).statusCode())
          .as("another service is not concerned")
          .isEqualTo(200);

      try (Backend back = new Backend(port)) {
        Await.until(
            "found again", BOUND, () -> status(gateway, "GET", "/prometheus/api/v1/labels") == 200);
        Await.until("found again", BOUND, () -> status(gateway, "POST", "/v1/traces") == 200);
      }
    }
  }

  @Test
  void errorsOfAServiceDoNotOpenItsBreaker() throws Exception {
    try (TestGateway gateway = TestGateway.start()) {
      gateway.backend.behaviour =
          (exchange, body) -> Backend.reply(exchange, 503, "text/plain", "Kafka is away");
      for (int i = 0; i < 30; i++) {
        HttpResponse<String> response =
            gateway.send(gateway.request("POST", "/api/v1/write", gateway.adminKey()));
        assertThat(response.body()).isEqualTo("Kafka is away");
      }
      assertThat(gateway.backend.received).hasSize(30);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"GET, /api/v1/services", "GET, /prometheus/api/v1/labels", "POST, /v1/logs"})
  void aSlowServiceIsNotWaitedForForEver(String method, String path) throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (TestGateway gateway =
        TestGateway.start("aom.gateway.query.timeout=300ms", "aom.gateway.intake.timeout=300ms")) {
      gateway.backend.behaviour = (exchange, body) -> await(release);

      HttpResponse<String> response =
          gateway.send(gateway.request(method, path, gateway.adminKey()));

      assertThat(response.statusCode()).isEqualTo(504);
      assertThat(response.body()).contains("no answer in time");
      release.countDown();
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"GET, /api/v1/services", "POST, /v1/logs"})
  void aFullServiceIsNotGivenMore(String method, String path) throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (TestGateway gateway =
        TestGateway.start(
            "aom.gateway.query.max-concurrent=2", "aom.gateway.intake.max-concurrent=2")) {
      gateway.backend.behaviour =
          (exchange, body) -> {
            await(release);
            Backend.reply(exchange, 200, "text/plain", "late");
          };
      List<CompletableFuture<HttpResponse<String>>> first = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        first.add(
            gateway.http.sendAsync(
                gateway.request(method, path, gateway.adminKey()).build(),
                BodyHandlers.ofString()));
      }
      Await.until("two under way", BOUND, () -> gateway.backend.received.size() == 2);

      HttpResponse<String> third = gateway.send(gateway.request(method, path, gateway.adminKey()));
      release.countDown();

      assertThat(third.statusCode()).isEqualTo(503);
      assertThat(third.body()).contains("all the requests it can take");
      for (CompletableFuture<HttpResponse<String>> waited : first) {
        assertThat(waited.get().statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void aSlowClientDoesNotOpenTheBreaker() throws Exception {
    try (TestGateway gateway = TestGateway.start("aom.gateway.intake.timeout=2s")) {
      List<Socket> slow = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Socket socket = new Socket("127.0.0.1", gateway.ports.otlpHttp());
        socket
            .getOutputStream()
            .write(
                "POST /v1/logs HTTP/1.1\r\nHost: a\r\nX-API-Key: %s\r\nContent-Length: 10\r\n\r\nabc"
                    .formatted(gateway.adminKey())
                    .getBytes(StandardCharsets.US_ASCII));
        slow.add(socket);
      }
      for (Socket socket : slow) {
        socket.setSoTimeout(30_000);
        byte[] head = socket.getInputStream().readNBytes(12);
        assertThat(new String(head, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 408");
        socket.close();
      }

      assertThat(status(gateway, "POST", "/v1/logs")).isEqualTo(200);
    }
  }

  @Test
  void aTenantHasItsShareOfQueriesAndNoMore() throws Exception {
    try (TestGateway gateway =
        TestGateway.start("aom.gateway.queries-per-second=1", "aom.gateway.query-burst=6")) {
      gateway.tenant("acme");
      String acme = gateway.key("viewer", "acme");
      List<Integer> statuses = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        HttpResponse<String> response =
            gateway.send(gateway.request("GET", "/prometheus/api/v1/labels", acme));
        statuses.add(response.statusCode());
        if (response.statusCode() == 429) {
          assertThat(response.headers().firstValue("Retry-After")).isPresent();
        }
      }

      assertThat(statuses.subList(0, 6)).containsOnly(200);
      assertThat(statuses).contains(429);
      assertThat(status(gateway, "GET", "/api/v1/services")).as("another tenant").isEqualTo(200);
    }
  }

  @Test
  void guessingIsSlowedDownAndKnownKeysGoOn() throws Exception {
    try (TestGateway gateway = TestGateway.start("aom.gateway.failures-per-minute=5")) {
      String proven = gateway.key("viewer", "default");
      String fresh = gateway.key("viewer", "default");
      assertThat(whoami(gateway, proven)).isEqualTo(200);
      List<Integer> statuses = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        statuses.add(whoami(gateway, "aom_%016x_%048x".formatted(i, i)));
      }

      assertThat(statuses.subList(0, 5)).containsOnly(401);
      assertThat(statuses.subList(5, 10)).containsOnly(429);
      assertThat(whoami(gateway, proven)).as("used before from here").isEqualTo(200);
      assertThat(whoami(gateway, fresh)).as("a right guess tells nothing").isEqualTo(429);
    }
  }

  @Test
  void allDoorsCountTheSameGuesserWhateverItSaysWhereItComesFrom() throws Exception {
    try (TestGateway gateway = TestGateway.start("aom.gateway.failures-per-minute=9")) {
      // Asked before there is a wrong key: what is loaded for it takes as long as to forget one.
      ManagedChannel grpc =
          NettyChannelBuilder.forAddress("127.0.0.1", gateway.ports.otlpGrpc())
              .usePlaintext()
              .build();
      try {
        gateway.backend.behaviour =
            (exchange, body) -> Backend.reply(exchange, 200, "application/x-protobuf", new byte[0]);
        export(grpc, gateway.key("agent", "default"));
        List<Integer> ports = List.of(gateway.ports.http(), gateway.ports.otlpHttp());
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          String key = "aom_%016x_%048x".formatted(i, i);
          String basic = Base64.getEncoder().encodeToString(("u" + i + ":" + key).getBytes(UTF_8));
          HttpRequest.Builder request =
              gateway
                  .request(ports.get(i % 2), "POST", "/v1/traces", null)
                  .header("X-Forwarded-For", "10.0.0." + i)
                  .header("X-Real-IP", "10.0.1." + i)
                  .header("Forwarded", "for=10.0.2." + i);
          switch (i % 3) {
            case 0 -> request.header("Authorization", "Bearer " + key);
            case 1 -> request.header("Authorization", "Basic " + basic);
            default -> request.header("X-API-Key", key);
          }
          statuses.add(gateway.send(request).statusCode());
        }

        assertThat(statuses.subList(0, 9)).containsOnly(401);
        assertThat(statuses.subList(9, 12)).containsOnly(429);
        assertThat(whoami(gateway, "aom_0000000000000000_" + "0".repeat(48))).isEqualTo(429);
        assertThatThrownBy(() -> export(grpc, "aom_0000000000000000_" + "0".repeat(48)))
            .hasMessageContaining("RESOURCE_EXHAUSTED: too many wrong keys");
      } finally {
        grpc.shutdownNow();
      }
    }
  }

  private static void export(ManagedChannel channel, String key) {
    Metadata metadata = new Metadata();
    metadata.put(Metadata.Key.of("x-api-key", Metadata.ASCII_STRING_MARSHALLER), key);
    var unused =
        TraceServiceGrpc.newBlockingStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
            .export(ExportTraceServiceRequest.getDefaultInstance());
  }

  /** A guesser does not learn which ids there are. */
  @Test
  void aWrongSecretIsAnsweredAsAnUnknownKeyIs() throws Exception {
    try (TestGateway gateway = TestGateway.start()) {
      String good = gateway.key("viewer", "default");
      String wrong = good.substring(0, good.lastIndexOf('_') + 1) + "0".repeat(48);
      HttpResponse<String> of = gateway.send(gateway.request("GET", "/api/v1/whoami", wrong));
      HttpResponse<String> unknown =
          gateway.send(
              gateway.request("GET", "/api/v1/whoami", "aom_0123456789abcdef_" + "0".repeat(48)));

      assertThat(of.statusCode()).isEqualTo(401);
      assertThat(of.body()).isEqualTo(unknown.body());
      assertThat(of.headers().map().keySet()).isEqualTo(unknown.headers().map().keySet());
    }
  }

  private static int whoami(TestGateway gateway, String key) throws Exception {
    return gateway.send(gateway.request("GET", "/api/v1/whoami", key)).statusCode();
  }

  private static int status(TestGateway gateway, String method, String path) {
    try {
      return gateway.send(gateway.request(method, path, gateway.adminKey())).statusCode();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
