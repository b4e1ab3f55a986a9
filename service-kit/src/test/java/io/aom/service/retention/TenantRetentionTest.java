package io.aom.service.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentQuery.Page;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.DocumentVersion;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TenantRetentionTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final TenantId OTHER = new TenantId("other");

  /** A store that can be away. */
  private static final class Documents implements DocumentStore<RetentionDocument> {
    private final DocumentStore<RetentionDocument> documents =
        new InMemoryDocumentStore<>(RetentionDocument.TYPE);
    private volatile boolean away;

    @Override
    public Optional<Versioned<RetentionDocument>> find(String id) {
      return documents.find(id);
    }

    @Override
    public Page<RetentionDocument> list(DocumentQuery query) {
      if (away) {
        throw new OpenSearchUnavailableException("away", null);
      }
      return documents.list(query);
    }

    @Override
    public Versioned<RetentionDocument> create(String id, RetentionDocument value, String actor) {
      return documents.create(id, value, actor);
    }

    @Override
    public Versioned<RetentionDocument> replace(
        String id, RetentionDocument value, DocumentVersion expected, String actor) {
      return documents.replace(id, value, expected, actor);
    }

    @Override
    public boolean delete(String id, DocumentVersion expected, String actor) {
      return documents.delete(id, expected, actor);
    }
  }

  private final Documents documents = new Documents();
  private long now = 1_800_000_000_000L;
  private final TenantRetention retention =
      new TenantRetention(
          "metrics",
          tier -> Duration.ofDays(tier.isEmpty() ? 30 : 90),
          documents,
          () -> Instant.ofEpochMilli(now));

  private void say(Map<String, Integer> days) {
    documents.delete("acme", null, "test");
    documents.create("acme", new RetentionDocument("acme", days), "test");
  }

  @Test
  void aTenantKeepsWhatItSaysWithinWhatTheOperatorAllows() {
    say(Map.of("metrics", 3, "metrics-5m", 400, "logs", 1));

    assertThat(retention.of(ACME, "")).isEqualTo(Duration.ofDays(3));
    assertThat(retention.of(ACME, "5m")).isEqualTo(Duration.ofDays(90));
    assertThat(retention.of(ACME, "1h")).isEqualTo(Duration.ofDays(90));
    assertThat(retention.of(OTHER, "")).isEqualTo(Duration.ofDays(30));
    assertThat(retention.keptFromMillis(ACME, "", now))
        .isEqualTo(now - Duration.ofDays(3).toMillis());
    assertThat(retention.tenants()).containsExactly(ACME);
  }

  @Test
  void whoeverRemovesRowsSeesWhatIsSaidNow() {
    say(Map.of("metrics", 3));
    assertThat(retention.of(ACME, "")).isEqualTo(Duration.ofDays(3));
    say(Map.of("metrics", 20));

    assertThat(retention.tenants()).containsExactly(ACME);
    assertThat(retention.of(ACME, "")).isEqualTo(Duration.ofDays(20));
    documents.away = true;
    assertThatThrownBy(retention::tenants).isInstanceOf(OpenSearchUnavailableException.class);
  }

  @Test
  void whatWasKnownHoldsOnWhileTheStoreIsAway() {
    say(Map.of("metrics", 3));
    assertThat(retention.of(ACME, "")).isEqualTo(Duration.ofDays(3));
    documents.away = true;
    now += Duration.ofMinutes(5).toMillis();

    assertThat(retention.of(ACME, "")).isEqualTo(Duration.ofDays(3));
  }
}
