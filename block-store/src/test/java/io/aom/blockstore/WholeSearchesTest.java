package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearchSettings;
import io.aom.opensearch.OpenSearchUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class WholeSearchesTest {
  private static final int NO_ANSWER = 0;
  private static final int ATTEMPTS_OF_A_PATIENT_SEARCH = 7;

  private final AtomicInteger requests = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile int status = 200;
  private volatile CountDownLatch arrived = new CountDownLatch(0);
  private volatile CountDownLatch mayAnswer = new CountDownLatch(0);
  private HttpServer server;
  private OpenSearch openSearch;
  private WholeSearches searches;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          arrived.countDown();
          try {
            mayAnswer.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          if (status == NO_ANSWER) {
            exchange.close();
            return;
          }
          byte[] body = "{\"timed_out\": false}".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    openSearch =
        OpenSearch.connect(
            new OpenSearchSettings(
                List.of(URI.create("http://127.0.0.1:" + server.getAddress().getPort())),
                null,
                null,
                0));
    searches = new WholeSearches(openSearch);
    assertThat(search().isObject()).isTrue(); // What is loaded for it is not of what is timed.
    requests.set(0);
  }

  @AfterEach
  void stop() {
    openSearch.close();
    server.stop(0);
    threads.close();
  }

  private JsonNode search() {
    return searches.search("some-index", OpenSearch.JSON.createObjectNode());
  }

  private void failUntilAway() {
    status = 503;
    assertThatThrownBy(this::search).isInstanceOf(OpenSearchUnavailableException.class);
    assertThat(requests.getAndSet(0)).isEqualTo(ATTEMPTS_OF_A_PATIENT_SEARCH);
  }

  @Test
  void whileOpenSearchIsAwayASearchAsksOnceAndPatienceReturnsWithIt() {
    failUntilAway();
    assertThatThrownBy(this::search).isInstanceOf(OpenSearchUnavailableException.class);
    assertThat(requests.getAndSet(0)).isEqualTo(1);
    status = 200;
    assertThat(search().path("timed_out").booleanValue()).isFalse();
    requests.set(0);
    failUntilAway();
  }

  @Test
  void whileOneSearchWaitsForAnOpenSearchThatHangsOthersFailAtOnce() throws Exception {
    failUntilAway();
    assertThat(refusalWhileAnotherSearches().noAnswer()).isFalse();
  }

  @Test
  void whatIsNotSentToAnOpenSearchThatIsSilentHasNoAnswerEither() throws Exception {
    status = NO_ANSWER;
    assertThat(failure().noAnswer()).isTrue();
    assertThat(refusalWhileAnotherSearches().noAnswer()).isTrue();
  }

  private StoreUnavailableException failure() {
    return catchThrowableOfType(
        StoreUnavailableException.class, () -> WholeSearches.reaching(this::search));
  }

  private StoreUnavailableException refusalWhileAnotherSearches() throws Exception {
    requests.set(0);
    arrived = new CountDownLatch(1);
    mayAnswer = new CountDownLatch(1);
    status = 200;
    CompletableFuture<JsonNode> first = CompletableFuture.supplyAsync(this::search, threads);
    arrived.await();
    StoreUnavailableException failure = failure();
    assertThat(failure).hasMessageContaining("not sent");
    assertThat(requests).hasValue(1);
    mayAnswer.countDown();
    first.join();
    assertThat(List.of(search(), search())).hasSize(2);
    return failure;
  }
}
