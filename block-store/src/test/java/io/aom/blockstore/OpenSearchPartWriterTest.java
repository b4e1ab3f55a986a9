package io.aom.blockstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearchSettings;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OpenSearchPartWriterTest {
  private static BlockPart part(int bytes) {
    return new BlockPart(
        new TenantId("acme"), 0, 1, 1, List.of("word"), Map.of("words", new byte[bytes]));
  }

  @Test
  void aRequestIsNoLargerThanItsFirstPartOrTheBound() throws IOException {
    List<byte[]> requests = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          requests.add(exchange.getRequestBody().readAllBytes());
          byte[] answer = "{\"errors\":false}".getBytes(UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    List<BlockPart> parts =
        IntStream.of(1_000, 8 << 20, 2 << 20, 2 << 20, 2 << 20, 2 << 20, 1_000)
            .mapToObj(OpenSearchPartWriterTest::part)
            .toList();
    try (OpenSearch openSearch =
        OpenSearch.connect(new OpenSearchSettings(List.of(url), null, null, 0))) {
      new OpenSearchPartWriter(openSearch, new CatalogueNames("words", List.of()), List.of("words"))
          .store(new BlockId("topic", 0, 0), "block", 1, "layout", 0, parts);
    } finally {
      server.stop(0);
    }

    List<List<String>> documents =
        requests.stream()
            .map(request -> new String(request, UTF_8).lines().filter(l -> l.contains("\"c_")))
            .map(
                lines -> lines.map(line -> line.replaceAll(".*\"bytes\":(\\d+),.*", "$1")).toList())
            .toList();
    String two = String.valueOf(2 << 20);
    assertThat(documents)
        .containsExactly(
            List.of("1000"),
            List.of(String.valueOf(8 << 20)),
            List.of(two, two),
            List.of(two, two, "1000"));
  }
}
