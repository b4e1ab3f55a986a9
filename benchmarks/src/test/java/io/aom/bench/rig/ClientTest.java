package io.aom.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClientTest {
  private final Queue<Integer> statuses = new ArrayDeque<>();
  private final Client client = new Client();
  private HttpServer server;
  private HttpRequest question;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Retry-After", "0");
          exchange.sendResponseHeaders(statuses.remove(), -1);
          exchange.close();
        });
    server.start();
    question =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
  }

  @Test
  void aQuestionThatComesTooSoonIsAskedAgain() throws Exception {
    statuses.addAll(List.of(429, 429, 200));
    assertThat(client.json(question).isEmpty()).isTrue();
    assertThat(statuses).isEmpty();
  }

  @Test
  void anyOtherRefusalIsNot() {
    statuses.addAll(List.of(503, 200));
    assertThatThrownBy(() -> client.json(question)).hasMessageContaining("was refused: 503");
    assertThat(statuses).hasSize(1);
  }
}
