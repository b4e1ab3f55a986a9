package io.aom.metrics.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.metrics.recording.RuleGroups.Imported;
import io.aom.metrics.recording.RuleQueries.Answer;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.StaleMarker;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.service.pace.Shard;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.aom.testkit.Await;
import io.aom.testkit.ManualClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RuleGroupsTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");

  private final InMemoryDocumentStore<RuleGroupDocument> documents =
      new InMemoryDocumentStore<>(RuleGroupDocument.TYPE);
  private final InMemoryDocumentStore<GroupState> states =
      new InMemoryDocumentStore<>(GroupState.TYPE);
  private final AtomicInteger changes = new AtomicInteger();
  private final RuleGroups groups = new RuleGroups(documents, states, 3, changes::incrementAndGet);

  private static RuleGroup group(TenantId tenant, String name, String expr) {
    return new RuleGroup(
        tenant,
        name,
        Duration.ofSeconds(10),
        Duration.ZERO,
        0,
        Map.of(),
        List.of(new RecordingRule("kept", expr, Map.of())));
  }

  @Test
  void anImportWithMoreGroupsThanMayBeChangesNothing() {
    groups.create(group(ACME, "one", "1"), "anna");
    groups.create(group(new TenantId("other"), "one", "1"), "otto");
    List<RuleGroup> tooMany =
        List.of(
            group(ACME, "one", "2"),
            group(ACME, "two", "2"),
            group(ACME, "three", "2"),
            group(ACME, "four", "2"));

    assertThatThrownBy(() -> groups.put(ACME, tooMany, "anna"))
        .isInstanceOf(RejectedException.class)
        .hasMessage("recording rules: 4 groups (expected: at most 3)");
    assertThat(groups.all(ACME)).containsExactly(group(ACME, "one", "1"));

    assertThat(groups.put(ACME, tooMany.subList(0, 3), "anna"))
        .containsExactly(Imported.REPLACED, Imported.CREATED, Imported.CREATED);
    assertThat(groups.put(ACME, tooMany.subList(0, 3), "anna")).containsOnly(Imported.UNCHANGED);
    assertThatThrownBy(() -> groups.create(group(ACME, "four", "2"), "anna"))
        .hasMessageContaining("expected: at most 3");
  }

  @Test
  void aGroupThatIsMadeAgainDoesNotGoOnFromWhereOneOfItsNameWas() {
    RuleGroup group = group(ACME, "one", "1");
    String id = groups.create(group, "anna").id();
    states.create(
        id, new GroupState(NOON.toEpochMilli(), 1, 1, List.of(), null), "metrics-service");

    groups.delete(ACME, id, null, "anna");
    groups.create(group, "anna");

    assertThat(groups.state(group)).isEmpty();
  }

  @Test
  void aGroupThatCannotBeReadAnyMoreIsNotTakenForOneThatIsGone() throws Exception {
    RuleGroup group = group(ACME, "one", "1");
    String id = groups.create(group, "anna").id();
    states.create(id, GroupState.before(NOON.minusSeconds(30).toEpochMilli()), "metrics-service");
    try (GroupKeeper keeper =
        new GroupKeeper(
            new Shard(0, 1),
            groups,
            states,
            (tenant, expr, time, ownWrites) -> new Answer.Unsettled("not yet"),
            (tenant, time, samples) -> {},
            new RecordingProperties(
                Duration.ZERO, Duration.ofHours(1), 100, 3, 1, Duration.ofSeconds(5)),
            new RecordingMetrics(new SimpleMeterRegistry()),
            ManualClock.at(NOON))) {
      keeper.step(NOON);
      assertThat(keeper.size()).isOne();

      RuleGroupDocument.Rule unknown = new RuleGroupDocument.Rule("kept", "sum(", Map.of());
      documents.replace(
          id,
          new RuleGroupDocument("acme", "one", 10_000, 0, 0, Map.of(), List.of(unknown)),
          documents.find(id).orElseThrow().version(),
          "a newer version");
      keeper.step(NOON);
      assertThat(keeper.size()).isOne();
      assertThat(states.find(id)).isPresent();

      documents.delete(id, null, "anna");
      keeper.step(NOON);
      assertThat(keeper.size()).isZero();
      assertThat(states.find(id)).isEmpty();
    }
  }

  @Test
  void theSeriesOfAGroupThatIsGoneEndAfterTwoIntervals() throws Exception {
    RuleGroup group = group(ACME, "one", "1");
    String id = groups.create(group, "anna").id();
    Set<Labels> stored = ConcurrentHashMap.newKeySet();
    Set<Labels> ended = ConcurrentHashMap.newKeySet();
    RuleQueries queries =
        (tenant, expr, time, ownWrites) ->
            new Answer.Complete(
                expr.equals("1") ? List.of(new Recorded(Labels.EMPTY, 1, null)) : List.of());
    SeriesWriter writer =
        (tenant, time, samples) ->
            samples.forEach(
                sample -> (StaleMarker.is(sample.value()) ? ended : stored).add(sample.labels()));
    try (GroupKeeper keeper =
        new GroupKeeper(
            new Shard(0, 1),
            groups,
            states,
            queries,
            writer,
            new RecordingProperties(
                Duration.ZERO, Duration.ofHours(1), 100, 3, 1, Duration.ofSeconds(5)),
            new RecordingMetrics(new SimpleMeterRegistry()),
            ManualClock.at(NOON))) {
      keeper.step(NOON);
      Await.until(
          "a tick",
          () ->
              groups.state(group).filter(state -> state.tick() == NOON.toEpochMilli()).isPresent());

      groups.delete(ACME, id, null, "anna");
      keeper.step(NOON);
      keeper.step(NOON.plusMillis(19_999));
      assertThat(ended).isEmpty();
      keeper.step(NOON.plusSeconds(20));

      assertThat(ended).isEqualTo(stored).isEqualTo(Set.of(Labels.of("__name__", "kept")));
    }
  }
}
