package io.aom.service.blocks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.aom.blockstore.PeerFailedException;
import io.aom.identity.IdentitySecret;
import io.aom.identity.IdentityTokens;
import io.aom.telemetry.RejectedException;
import io.aom.testkit.Traces;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the block store is told of another member, whatever that answers over HTTP. */
class HttpPeerClientTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final CountDownLatch over = new CountDownLatch(1);
  private final ObservationRegistry observations = Traces.observations();
  private final List<String> traces = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private URI address;
  private HttpPeerClient client;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    answer("echo", 200, null);
    answer("busy", 503, "{\"detail\":\"not reading yet\"}");
    answer("unknown", 404, "{\"detail\":\"query: unknown\"}");
    answer("large", 422, "{\"detail\":\"series: 9 (expected: at most 8)\"}");
    answer("garbled", 422, "<html>");
    server.createContext(
        HttpPeerClient.PATH + "silent",
        exchange -> {
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    server.start();
    address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    client =
        new HttpPeerClient(
            new IdentityTokens(
                IdentitySecret.of(Base64.getEncoder().encodeToString(new byte[32])),
                InstantSource.system()),
            observations);
  }

  private void answer(String query, int status, String body) {
    server.createContext(
        HttpPeerClient.PATH + query,
        exchange -> {
          byte[] request = exchange.getRequestBody().readAllBytes();
          traces.add(String.valueOf(exchange.getRequestHeaders().getFirst(Traces.HEADER)));
          byte[] bytes = body == null ? request : body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  @AfterEach
  void stop() {
    over.countDown();
    client.close();
    server.stop(0);
  }

  private byte[] ask(String query, Duration timeout) throws IOException {
    return client.ask(address, query, new byte[] {1, 2}, timeout);
  }

  @Test
  void bytesGoThereAndComeBack() throws IOException {
    assertThat(ask("echo", PATIENCE)).containsExactly(1, 2);
  }

  /** Members ask one another every second, which must not be telemetry. */
  @Test
  void onlyAQuestionThatARequestLedToIsObserved() throws Exception {
    ask("echo", PATIENCE);
    Callable<byte[]> question =
        Observation.createNotStarted("request", observations)
            .observe(() -> client.within(() -> ask("echo", PATIENCE)));
    FutureTask<byte[]> elsewhere = new FutureTask<>(question);
    Thread.ofVirtual().start(elsewhere);

    assertThat(elsewhere.get()).containsExactly(1, 2);
    assertThat(traces).containsExactly("null", "request");
  }

  @Test
  void aMemberThatCannotAnswerIsThereAllTheSame() {
    assertThatThrownBy(() -> ask("busy", PATIENCE))
        .isInstanceOf(PeerFailedException.class)
        .hasMessageContaining("answered 503");
    assertThatThrownBy(() -> ask("unknown", PATIENCE)).isInstanceOf(PeerFailedException.class);
  }

  @Test
  void aQuestionThatIsRefusedIsNotAFailureOfTheMember() {
    assertThatThrownBy(() -> ask("large", PATIENCE))
        .isInstanceOfSatisfying(
            RejectedException.class,
            e -> {
              assertThat(e.problem().status()).isEqualTo(422);
              assertThat(e).hasMessage("series: 9 (expected: at most 8)");
            });
    assertThatThrownBy(() -> ask("garbled", PATIENCE))
        .isInstanceOf(RejectedException.class)
        .hasMessage("refused by another member");
  }

  @Test
  void silenceAndAClosedPortAreFailures() {
    assertThatThrownBy(() -> ask("silent", Duration.ofMillis(50)))
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessage(address + ": no answer in time");
    server.stop(0);
    assertThatThrownBy(() -> ask("echo", PATIENCE))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(PeerFailedException.class)
        .isNotInstanceOf(SocketTimeoutException.class);
  }

  /** As a connection is that was kept since before the member was started anew. */
  @Test
  void aConnectionThatIsCutIsTriedOnceAgain() throws IOException {
    AtomicInteger cut = new AtomicInteger();
    server.createContext(
        HttpPeerClient.PATH + "cut",
        exchange -> {
          byte[] request = exchange.getRequestBody().readAllBytes();
          if (cut.getAndDecrement() > 0) {
            throw new IOException("closes the connection");
          }
          exchange.sendResponseHeaders(200, request.length);
          exchange.getResponseBody().write(request);
          exchange.close();
        });
    cut.set(1);
    assertThat(ask("cut", PATIENCE)).containsExactly(1, 2);
    cut.set(2);
    assertThatThrownBy(() -> ask("cut", PATIENCE))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(SocketTimeoutException.class);
  }
}
