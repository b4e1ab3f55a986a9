package io.aom.opensearch;

import static org.assertj.core.api.Assertions.assertThat;

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
  @Test
  void asksForAnswersThatAreNotCompressed() throws IOException {
    var codings = new CopyOnWriteArrayList<String>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          codings.add(String.valueOf(exchange.getRequestHeaders().getFirst("Accept-Encoding")));
          byte[] answer = "{\"acknowledged\":true}".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    try (OpenSearch openSearch =
        OpenSearch.connect(new OpenSearchSettings(List.of(url), null, null, 0))) {
      assertThat(openSearch.send("GET", "/", Map.of()).body().path("acknowledged").asBoolean())
          .isTrue();
    } finally {
      server.stop(0);
    }
    assertThat(codings).containsExactly("null");
  }
}
