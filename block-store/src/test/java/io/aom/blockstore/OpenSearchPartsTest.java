package io.aom.blockstore;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.aom.localstack.Ports;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearchSettings;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class OpenSearchPartsTest {
  @Test
  void whatHeadsHoldAllOfIsNotSearchedFor() {
    try (OpenSearch nobody = OpenSearch.connect(settings(Ports.free()))) {
      OpenSearchParts parts = parts(nobody);

      assertThat(parts.find(query(1_001))).isEmpty();
      assertThatThrownBy(() -> parts.find(query(1_000)))
          .isInstanceOf(StoreUnavailableException.class);
    }
  }

  /** Answers like OpenSearch; with more than it says if columns of more than two are asked for. */
  private static void answer(HttpExchange exchange, List<Integer> asked) throws IOException {
    JsonNode ids =
        OpenSearch.JSON
            .readTree(exchange.getRequestBody())
            .path("query")
            .path("ids")
            .path("values");
    asked.add(ids.size());
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    if (ids.size() > 2) {
      exchange.sendResponseHeaders(200, 101 << 20);
      for (int mebibyte = 0; mebibyte < 101; mebibyte++) {
        exchange.getResponseBody().write(new byte[1 << 20]);
      }
      return;
    }
    ObjectNode answer = OpenSearch.JSON.createObjectNode();
    ArrayNode hits = answer.putObject("hits").putArray("hits");
    for (JsonNode id : ids) {
      ObjectNode hit = hits.addObject();
      hit.set("_id", id);
      hit.putObject("fields")
          .putArray("c_words")
          .add(Base64.getEncoder().encodeToString(id.asString().getBytes(UTF_8)));
    }
    byte[] body = OpenSearch.JSON.writeValueAsBytes(answer);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Test
  void whatIsTooMuchForAnAnswerIsAskedForInHalves() throws IOException {
    List<Integer> asked = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> answer(exchange, asked));
    server.start();
    try (OpenSearch openSearch = OpenSearch.connect(settings(server.getAddress().getPort()))) {
      OpenSearchParts parts = parts(openSearch);
      List<FoundPart> found = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        found.add(new FoundPart("index", "part" + i, 0, i, 1, 0, 1, 1, 1, BlockPart.AS_RECEIVED));
      }

      Map<FoundPart, Map<String, byte[]>> fetched = parts.fetch(found, List.of("words"));

      assertThat(fetched).hasSize(5);
      for (FoundPart part : found) {
        assertThat(fetched.get(part).get("words")).asString(UTF_8).isEqualTo(part.id());
      }
      assertThat(asked).containsExactly(5, 2, 3, 1, 2);
    } finally {
      server.stop(0);
    }
  }

  private static OpenSearchParts parts(OpenSearch openSearch) {
    return new OpenSearchParts(
        openSearch,
        new WholeSearches(openSearch),
        new CatalogueNames("words", List.of()),
        () -> MergedBlocks.NONE,
        InstantSource.system());
  }

  private static BlockQuery query(long startMillis) {
    return new BlockQuery(
        new TenantId("acme"),
        startMillis,
        9_000,
        TermExpression.ALL,
        new Held(Map.of(0, new HeldFrom("topic", 70)), 1_000),
        false);
  }

  private static OpenSearchSettings settings(int port) {
    return new OpenSearchSettings(List.of(URI.create("http://127.0.0.1:" + port)), null, null, 0);
  }
}
