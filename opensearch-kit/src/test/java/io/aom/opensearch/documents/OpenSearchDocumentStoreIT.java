package io.aom.opensearch.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearchSettings;
import io.aom.testkit.TestOpenSearch;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OpenSearchDocumentStoreIT extends DocumentStoreContract {
  private static OpenSearch openSearch;

  @BeforeAll
  static void connect() {
    openSearch =
        OpenSearch.connect(
            new OpenSearchSettings(
                List.of(URI.create(TestOpenSearch.shared().url())), null, null, 0));
  }

  @AfterAll
  static void disconnect() {
    openSearch.close();
  }

  @Override
  DocumentStore<Note> store() {
    return new OpenSearchDocumentStore<>(openSearch, TYPE, InstantSource.system());
  }

  @Test
  void everyChangeIsInTheAuditTrail() {
    DocumentStore<Note> store = store();
    Versioned<Note> made = store.create("audited", new Note("x", null, null), "ada");
    store.replace("audited", new Note("y", null, null), made.version(), "grace");
    store.delete("audited", null, "ada");

    String audit = "/" + OpenSearchDocumentStore.AUDIT_INDEX;
    openSearch.send("POST", audit + "/_refresh", Map.of());
    JsonNode hits =
        openSearch
            .send("GET", audit + "/_search", Map.of("q", "id:audited", "sort", "at", "size", "10"))
            .body()
            .at("/hits/hits");
    assertThat(hits.valueStream().map(hit -> hit.path("_source")))
        .extracting(
            record -> record.path("actor").asString() + " " + record.path("action").asString())
        .containsExactlyInAnyOrder("ada create", "grace replace", "ada delete");
  }

  @Test
  void twoStoresThatMakeTheIndexAtOnceBothWork() {
    store().create("one", new Note("x", null, null), "test");
    assertThat(store().find("one")).isPresent();
  }
}
