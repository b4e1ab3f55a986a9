package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearchSettings;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenSearchPartsTest {
  @Test
  void whatHeadsHoldAllOfIsNotSearchedFor() throws IOException {
    try (OpenSearch nobody = OpenSearch.connect(settings())) {
      OpenSearchParts parts =
          new OpenSearchParts(
              nobody,
              new WholeSearches(nobody),
              new CatalogueNames("words", List.of()),
              () -> MergedBlocks.NONE,
              InstantSource.system());

      assertThat(parts.find(query(1_001))).isEmpty();
      assertThatThrownBy(() -> parts.find(query(1_000)))
          .isInstanceOf(StoreUnavailableException.class);
    }
  }

  private static BlockQuery query(long startMillis) {
    return new BlockQuery(
        new TenantId("acme"),
        startMillis,
        9_000,
        TermExpression.ALL,
        new Held(Map.of(0, 70L), 1_000),
        false);
  }

  private static OpenSearchSettings settings() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new OpenSearchSettings(
          List.of(URI.create("http://127.0.0.1:" + free.getLocalPort())), null, null, 0);
    }
  }
}
