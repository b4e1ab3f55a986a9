package io.aom.opensearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class OpenSearchTest {
  private static HttpServer server(HttpHandler handler) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", handler);
    server.start();
    return server;
  }

  private static OpenSearch connect(HttpServer server) {
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return OpenSearch.connect(new OpenSearchSettings(List.of(url), null, null, 0));
  }

  @Test
  void asksForAnswersThatAreNotCompressed() throws IOException {
    var codings = new CopyOnWriteArrayList<String>();
    HttpServer server =
        server(
            exchange -> {
              codings.add(String.valueOf(exchange.getRequestHeaders().getFirst("Accept-Encoding")));
              byte[] answer = "{\"acknowledged\":true}".getBytes(StandardCharsets.UTF_8);
              exchange.getResponseHeaders().set("Content-Type", "application/json");
              exchange.sendResponseHeaders(200, answer.length);
              exchange.getResponseBody().write(answer);
              exchange.close();
            });
    try (OpenSearch openSearch = connect(server)) {
      assertThat(openSearch.send("GET", "/", Map.of()).body().path("acknowledged").asBoolean())
          .isTrue();
    } finally {
      server.stop(0);
    }
    assertThat(codings).containsExactly("null");
  }

  @Test
  void anAnswerThatIsTooLongIsNoOutage() throws IOException {
    HttpServer server =
        server(
            exchange -> {
              exchange.getResponseHeaders().set("Content-Type", "application/json");
              exchange.sendResponseHeaders(200, 101 << 20);
              for (int mebibyte = 0; mebibyte < 101; mebibyte++) {
                exchange.getResponseBody().write(new byte[1 << 20]);
              }
            });
    try (OpenSearch openSearch = connect(server)) {
      assertThatThrownBy(() -> openSearch.send("GET", "/some-index/_search", Map.of()))
          .isInstanceOf(OpenSearchAnswerTooLongException.class)
          .hasMessageContaining("GET /some-index/_search");
    } finally {
      server.stop(0);
    }
  }
}
