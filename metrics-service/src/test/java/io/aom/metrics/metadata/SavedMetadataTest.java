package io.aom.metrics.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.aom.metrics.series.MetricMetadata;
import io.aom.opensearch.OpenSearchRefusedException;
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
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SavedMetadataTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final MetricMetadata UP = new MetricMetadata("gauge", "Is it up?", "");
  private static final MetricMetadata SENT = new MetricMetadata("counter", "Sent.", "bytes");

  /** Does something before a write, once. */
  private static final class Documents implements DocumentStore<MetadataDocument> {
    final InMemoryDocumentStore<MetadataDocument> stored =
        new InMemoryDocumentStore<>(MetadataDocument.TYPE);
    Runnable beforeWrite = () -> {};
    int writes;

    private void write() {
      writes++;
      Runnable now = beforeWrite;
      beforeWrite = () -> {};
      now.run();
    }

    @Override
    public Optional<Versioned<MetadataDocument>> find(String id) {
      return stored.find(id);
    }

    @Override
    public Page<MetadataDocument> list(DocumentQuery query) {
      return stored.list(query);
    }

    @Override
    public Versioned<MetadataDocument> create(String id, MetadataDocument value, String actor) {
      write();
      return stored.create(id, value, actor);
    }

    @Override
    public Versioned<MetadataDocument> replace(
        String id, MetadataDocument value, DocumentVersion expected, String actor) {
      write();
      return stored.replace(id, value, expected, actor);
    }

    @Override
    public boolean delete(String id, @Nullable DocumentVersion expected, String actor) {
      return stored.delete(id, expected, actor);
    }
  }

  private final Documents documents = new Documents();
  private Instant now = Instant.parse("2026-11-26T10:00:00Z");
  private final SavedMetadata metadata = new SavedMetadata(documents, () -> now);
  private final SavedMetadata otherMember = new SavedMetadata(documents.stored, () -> now);

  @Test
  void keepsWhatWasSaidLastOfEachMetricOfATenant() {
    metadata.save(ACME, Map.of("up", UP));
    metadata.save(new TenantId("other"), Map.of("sent", SENT));
    metadata.save(ACME, Map.of("sent", SENT));
    assertThat(metadata.of(ACME)).isEqualTo(Map.of("up", UP, "sent", SENT));

    MetricMetadata changed = new MetricMetadata("gauge", "1 if it is up.", "");
    metadata.save(ACME, Map.of("up", changed));
    assertThat(metadata.of(ACME)).isEqualTo(Map.of("up", changed, "sent", SENT));
    assertThat(metadata.of(new TenantId("none"))).isEmpty();
  }

  @Test
  void whatIsKnownIsWrittenOnceADay() {
    for (int i = 0; i < 3; i++) {
      metadata.save(ACME, Map.of("up", UP));
      metadata.save(ACME, Map.of());
    }
    assertThat(documents.writes).isEqualTo(1);
    now = now.plus(Duration.ofDays(1));
    metadata.save(ACME, Map.of("up", UP));
    assertThat(documents.writes).isEqualTo(2);
  }

  @Test
  void whatAnotherMemberSavesMeanwhileIsNotLost() {
    documents.beforeWrite = () -> otherMember.save(ACME, Map.of("sent", SENT));
    metadata.save(ACME, Map.of("up", UP));
    assertThat(metadata.of(ACME)).isEqualTo(Map.of("up", UP, "sent", SENT));

    MetricMetadata load = new MetricMetadata("gauge", "Load.", "");
    documents.beforeWrite = () -> otherMember.save(ACME, Map.of("load1", load));
    metadata.save(ACME, Map.of("load5", load));
    assertThat(metadata.of(ACME)).containsKeys("up", "sent", "load1", "load5");
  }

  @Test
  void whatWasNotSentForLongIsForgotten() {
    metadata.save(ACME, Map.of("up", UP, "sent", SENT));
    now = now.plus(Duration.ofDays(SavedMetadata.KEPT_DAYS));
    assertThat(metadata.of(ACME)).containsKeys("up", "sent");
    metadata.save(ACME, Map.of("up", UP));
    now = now.plus(Duration.ofDays(1));
    assertThat(metadata.of(ACME)).containsOnlyKeys("up");
    metadata.save(ACME, Map.of("up", UP));
    assertThat(documents.find("acme").orElseThrow().value().metrics()).containsOnlyKeys("up");
    assertThat(metadata.unsaved()).isZero();
  }

  @Test
  void whatWasNotSentForLongestMakesRoom() {
    metadata.save(ACME, Map.of("old", UP));
    now = now.plus(Duration.ofDays(1));
    Map<String, MetricMetadata> many = new HashMap<>();
    for (int i = 0; i < SavedMetadata.MAX_METRICS; i++) {
      many.put("m" + i, SENT);
    }
    metadata.save(ACME, many);
    assertThat(metadata.of(ACME)).isEqualTo(many);
    assertThat(metadata.unsaved()).isEqualTo(1);

    now = now.plus(Duration.ofDays(1));
    String novel = "x".repeat(SavedMetadata.MAX_CHARS - 100);
    metadata.save(ACME, Map.of("novel", new MetricMetadata("info", novel, "")));
    assertThat(metadata.of(ACME)).containsKey("novel").hasSizeLessThan(20);
  }

  @Test
  void whileDocumentsCannotBeWrittenTheSegmentWaits() {
    documents.beforeWrite =
        () -> {
          throw new OpenSearchUnavailableException("away", null);
        };
    assertThatExceptionOfType(OpenSearchUnavailableException.class)
        .isThrownBy(() -> metadata.save(ACME, Map.of("up", UP)));
    metadata.save(ACME, Map.of("up", UP));
    assertThat(metadata.of(ACME)).containsOnlyKeys("up");
  }

  @Test
  void samplesDoNotWaitForMetadataThatIsRefusedForGood() {
    documents.beforeWrite =
        () -> {
          throw new OpenSearchRefusedException(400, "no");
        };
    metadata.save(ACME, Map.of("up", UP));
    assertThat(metadata.unsaved()).isEqualTo(1);
  }
}
