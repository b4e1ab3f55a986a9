package io.aom.metrics.cardinality;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.telemetry.TenantId;
import io.aom.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricUsesTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  private final ManualClock clock = ManualClock.at(NOW);
  private final InMemoryDocumentStore<MetricUsesDocument> documents =
      new InMemoryDocumentStore<>(MetricUsesDocument.TYPE);

  private MetricUses member(int ordinal) {
    return new MetricUses(documents, ordinal, clock);
  }

  @Test
  void whatWasSavedIsKnownAfterARestartAndToOtherMembers() {
    MetricUses first = member(0);
    first.note(ACME, "up");
    first.save();
    clock.advance(Duration.ofDays(2));
    MetricUses second = member(1);
    second.note(ACME, "up");
    second.note(ACME, "load1");
    second.save();

    MetricUses.Known known = member(0).known(ACME);
    assertThat(known.since()).isEqualTo(NOW);
    assertThat(known.lastDays())
        .containsOnlyKeys("up", "load1")
        .containsEntry("up", LocalDate.parse("2026-01-03"));
    assertThat(member(0).known(new TenantId("other")).lastDays()).isEmpty();
  }

  @Test
  void aRestartedMemberAddsToWhatItSavedBefore() {
    MetricUses before = member(0);
    before.note(ACME, "up");
    before.save();
    clock.advance(Duration.ofDays(1));
    MetricUses after = member(0);
    after.note(ACME, "load1");
    after.save();

    assertThat(member(1).known(ACME).lastDays())
        .containsEntry("up", LocalDate.parse("2026-01-01"))
        .containsEntry("load1", LocalDate.parse("2026-01-02"));
  }

  @Test
  void whoNeverQueriesIsKnownSinceItWasAskedAbout() {
    MetricUses uses = member(0);
    assertThat(uses.known(ACME).since()).isEqualTo(NOW);
    uses.save();
    clock.advance(Duration.ofDays(40));

    assertThat(member(1).known(ACME)).isEqualTo(new MetricUses.Known(NOW, Map.of()));
  }

  @Test
  void savesOnlyWhatIsNew() {
    MetricUses uses = member(0);
    uses.note(ACME, "up");
    uses.save();
    Object version = documents.find("acme-0").orElseThrow().version();
    uses.note(ACME, "up");
    uses.save();
    assertThat(documents.find("acme-0").orElseThrow().version()).isEqualTo(version);

    clock.advance(Duration.ofDays(1));
    uses.note(ACME, "up");
    uses.save();
    assertThat(documents.find("acme-0").orElseThrow().version()).isNotEqualTo(version);
  }

  /** The hash of a map is the sum of its entries', of which one rises here as the other falls. */
  @Test
  void savesWhatChangesNoHash() {
    MetricUses uses = member(0);
    uses.note(ACME, "a");
    uses.note(ACME, "b");
    uses.save();
    int before = savedDays().hashCode();
    clock.advance(Duration.ofDays(1));
    uses.note(ACME, "a");
    uses.note(ACME, "b");
    uses.save();

    assertThat(savedDays())
        .hasSameHashCodeAs(before)
        .containsEntry("a", NOW.plus(Duration.ofDays(1)).getEpochSecond() / 86_400);
  }

  @Test
  void aTenantWhoseSavingIsRefusedKeepsNoOtherFromIt() {
    for (String refused : List.of("acme", "other")) {
      RefusingUses refusing = new RefusingUses(refused);
      MetricUses uses = new MetricUses(refusing, 0, clock);
      uses.note(ACME, "up");
      uses.note(new TenantId("other"), "up");
      uses.save();

      assertThat(refusing.find((refused.equals("acme") ? "other" : "acme") + "-0")).isPresent();
    }
  }

  @Test
  void notesNoMoreMetricsThanItMay() {
    MetricUses uses = member(0);
    for (int i = 0; i < MetricUses.MAX_METRICS + 10; i++) {
      uses.note(ACME, "m" + i);
    }
    assertThat(uses.known(ACME).lastDays()).hasSize(MetricUses.MAX_METRICS);
  }

  private Map<String, Long> savedDays() {
    return documents.find("acme-0").orElseThrow().value().days();
  }

  @Test
  void forgetsWhatNobodyHasQueriedForTooLong() {
    MetricUses uses = member(0);
    for (int i = 0; i < MetricUses.MAX_METRICS; i++) {
      uses.note(ACME, "m" + i);
    }
    uses.save();
    clock.advance(MetricUses.UNUSED_AFTER);
    uses.note(ACME, "m1");
    uses.save();
    assertThat(savedDays()).hasSize(MetricUses.MAX_METRICS);

    clock.advance(Duration.ofDays(1));
    assertThat(uses.known(ACME).lastDays()).containsOnlyKeys("m1");
    uses.save();
    uses.note(ACME, "up");
    uses.save();
    assertThat(savedDays()).containsOnlyKeys("m1", "up");
    assertThat(uses.known(ACME).since()).isEqualTo(NOW);
  }

  @Test
  void savesNoMoreMetricsThanItMayHoweverOftenItStarts() {
    MetricUses before = member(0);
    for (int i = 0; i < MetricUses.MAX_METRICS; i++) {
      before.note(ACME, "m" + i);
    }
    before.save();
    clock.advance(Duration.ofDays(1));
    MetricUses after = member(0);
    after.note(ACME, "up");
    after.note(ACME, "m7");
    after.save();

    assertThat(savedDays())
        .hasSize(MetricUses.MAX_METRICS)
        .containsKeys("up")
        .containsEntry("m7", savedDays().get("up"));
  }
}
