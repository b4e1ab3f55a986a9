package io.aom.service.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.blockstore.Retention;
import io.aom.blockstore.RetentionRule;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentQuery.Page;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.DocumentVersion;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.opensearch.documents.Versioned;
import io.aom.service.retention.RetentionDocument.MetricRule;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
    say(days, List.of());
  }

  private void say(Map<String, Integer> days, List<MetricRule> rules) {
    documents.delete("acme", null, "test");
    documents.create("acme", new RetentionDocument("acme", days, rules, now), "test");
  }

  private void settle() {
    now += Retention.SETTLED_AFTER.toMillis() + 1;
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
  }

  @Test
  void whoeverRemovesRowsSeesWhatIsSaidNowAndHasBeenForAnHour() {
    say(Map.of("metrics", 3));
    settle();
    assertThat(retention.settled())
        .singleElement()
        .satisfies(
            settled -> {
              assertThat(settled.tenant()).isEqualTo(ACME);
              assertThat(settled.kept().apply("")).isEqualTo(Duration.ofDays(3));
              assertThat(settled.kept().apply("1h")).isEqualTo(Duration.ofDays(90));
            });
    say(Map.of("metrics", 20));

    assertThat(retention.settled()).isEmpty();
    assertThat(retention.of(ACME, "")).isEqualTo(Duration.ofDays(20));
    settle();
    assertThat(retention.settled().iterator().next().kept().apply(""))
        .isEqualTo(Duration.ofDays(20));
    documents.away = true;
    assertThatThrownBy(retention::settled).isInstanceOf(OpenSearchUnavailableException.class);
  }

  @Test
  void whatWasKnownHoldsOnWhileTheStoreIsAway() {
    say(Map.of("metrics", 3));
    assertThat(retention.of(ACME, "")).isEqualTo(Duration.ofDays(3));
    documents.away = true;
    now += Duration.ofMinutes(5).toMillis();

    assertThat(retention.of(ACME, "")).isEqualTo(Duration.ofDays(3));
  }

  @Test
  void rulesAreOfMetricsAloneAndTheSameListUntilTheyChange() {
    say(Map.of(), List.of(new MetricRule("debug", "{__name__=~\"debug_.*\"}", 2)));
    RetentionRule rule = new RetentionRule("debug", "{__name__=~\"debug_.*\"}", Duration.ofDays(2));
    List<RetentionRule> rules = retention.said(ACME).rules();
    assertThat(rules).containsExactly(rule);
    assertThat(retention.said(OTHER).rules()).isEmpty();
    settle();
    assertThat(retention.settled().iterator().next().rules()).isSameAs(rules);
    assertThat(retention.said(ACME).rules()).isSameAs(rules);
    TenantRetention logs =
        new TenantRetention(
            "logs", tier -> Duration.ofDays(30), documents, () -> Instant.ofEpochMilli(now));
    assertThat(logs.said(ACME).rules()).isEmpty();
  }

  /** As documents were before there were rules. */
  @Test
  void aDocumentWithoutRulesIsRead() {
    RetentionDocument read =
        OpenSearch.JSON.readValue(
            "{\"tenant\": \"acme\", \"days\": {\"metrics\": 3}}", RetentionDocument.class);

    assertThat(read)
        .isEqualTo(new RetentionDocument("acme", Map.of("metrics", 3), List.of(), null));
    assertThat(read.changedAt()).isZero();
  }
}
