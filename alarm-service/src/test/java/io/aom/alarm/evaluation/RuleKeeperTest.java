package io.aom.alarm.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.alarm.notify.NotificationDocument;
import io.aom.alarm.notify.NotificationStore;
import io.aom.alarm.notify.Outbox;
import io.aom.alarm.query.Answer;
import io.aom.alarm.query.ConditionQueries;
import io.aom.alarm.rule.AlarmRule;
import io.aom.alarm.rule.Rules;
import io.aom.alarm.store.AlarmDocument;
import io.aom.alarm.store.AlarmStore;
import io.aom.alarm.store.RuleDocument;
import io.aom.alarm.store.RuleStore;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.service.pace.Shard;
import io.aom.testkit.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RuleKeeperTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final EvaluationLimits LIMITS =
      new EvaluationLimits(Duration.ZERO, Duration.ofHours(1), 100);

  private final InMemoryDocumentStore<AlarmDocument> alarms =
      new InMemoryDocumentStore<>(AlarmDocument.TYPE);
  private final InMemoryDocumentStore<ProgressDocument> progress =
      new InMemoryDocumentStore<>(ProgressDocument.TYPE);
  private final RuleStore rules = new RuleStore(new InMemoryDocumentStore<>(RuleDocument.TYPE));
  private final AlarmRule rule =
      Rules.rule(
          "rule-1", Duration.ZERO, Duration.ZERO, Duration.ofSeconds(10), "http://r.example/hook");

  private EvaluationStores stores() {
    AlarmStore alarmStore = new AlarmStore(alarms);
    return new EvaluationStores(
        alarmStore,
        new Outbox(
            alarmStore,
            new NotificationStore(new InMemoryDocumentStore<>(NotificationDocument.TYPE)),
            key -> {}),
        new InMemoryDocumentStore<>(FenceDocument.TYPE),
        progress);
  }

  private RuleKeeper keeper(ConditionQueries queries, Instant now) {
    return new RuleKeeper(
        new Shard(0, 1),
        rules,
        stores(),
        queries,
        LIMITS,
        new SilentMetrics(),
        Duration.ofSeconds(5),
        () -> now);
  }

  @Test
  void aRuleThatIsCutOffBeforeItsFirstAnswerIsCaughtUpFromItsBeginning() {
    rules.create(rule, "test");
    // Killed: it is never closed, so what it has not saved by then is lost.
    keeper((tenant, promql, at, patience) -> new Answer.Unsettled("nobody answers"), START)
        .step(START);

    List<Instant> asked = new CopyOnWriteArrayList<>();
    Instant later = START.plusSeconds(300);
    try (RuleKeeper next =
        keeper(
            (tenant, promql, at, patience) -> {
              asked.add(at);
              return new Answer.Complete(List.of());
            },
            later)) {
      next.step(later);
      Await.until("all ticks are evaluated", () -> asked.size() >= 30);
    }
    assertThat(asked.getFirst()).isEqualTo(rule.ticks().after(START.minusSeconds(10)));
    assertThat(asked).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void whyAConditionCannotBeEvaluatedIsSavedUntilItCan() {
    rules.create(rule, "test");
    progress.create(
        "member-0",
        new ProgressDocument(0, Map.of(rule.id(), START.toEpochMilli()), null, null),
        "test");

    evaluate(new Answer.Refused("duplicate series"), START.plusSeconds(300));
    assertThat(new RuleTicks(progress).newest().get(rule.id()).error())
        .isEqualTo("duplicate series");

    evaluate(new Answer.Complete(List.of()), START.plusSeconds(600));
    assertThat(new RuleTicks(progress).newest().get(rule.id()).error()).isNull();
  }

  @Test
  void aRuleThatIsNewHereSaysNothingOfItsHealth() {
    rules.create(rule, "test");
    try (RuleKeeper keeper =
        keeper((tenant, promql, at, patience) -> new Answer.Unsettled("nobody answers"), START)) {
      keeper.step(START);
    }
    assertThat(new RuleTicks(progress).newest()).isEmpty();

    Map<String, Long> before = Map.of(rule.id(), START.minusSeconds(60).toEpochMilli());
    progress.create(
        "member-1",
        new ProgressDocument(1, before, Map.of(rule.id(), "duplicate series"), null),
        "test");
    assertThat(new RuleTicks(progress).newest().get(rule.id()).error())
        .isEqualTo("duplicate series");
  }

  @Test
  void thatNoAnswerCameInTimeIsSaidAndTheTickAskedAgain() throws InterruptedException {
    Progress here = new Progress(progress, 0);
    here.begin(rule.id(), START);
    List<Instant> asked = new ArrayList<>();
    List<Duration> patience = new ArrayList<>();
    Instant answered = START.plusSeconds(70);
    RuleRunner runner =
        new RuleRunner(
            rule,
            (tenant, promql, at, waits) -> {
              asked.add(at);
              patience.add(waits);
              return asked.size() == 1
                  ? new Answer.TimedOut("no answer within PT10S")
                  : new Answer.Complete(List.of());
            },
            stores(),
            here,
            LIMITS,
            new SilentMetrics(),
            () -> answered);

    Instant again = runner.step(START.plusSeconds(60));
    assertThat(again).isAfter(answered);
    here.save(Set.of(rule.id()));
    assertThat(new RuleTicks(progress).newest().get(rule.id()))
        .isEqualTo(new RuleProgress(START, false, "no answer within PT10S"));

    runner.step(again);
    here.save(Set.of(rule.id()));
    assertThat(new RuleTicks(progress).newest().get(rule.id()))
        .isEqualTo(new RuleProgress(asked.get(0), true, null));
    assertThat(asked).containsExactly(asked.get(0), asked.get(0));
    assertThat(patience).containsOnly(rule.interval());
  }

  @Test
  void whyTicksArePassedOverIsSaved() throws InterruptedException {
    Progress here = new Progress(progress, 0);
    here.begin(rule.id(), START);
    RuleRunner runner =
        new RuleRunner(
            rule,
            (tenant, promql, at, patience) -> new Answer.Unsettled("partition 3 is away"),
            stores(),
            here,
            LIMITS,
            new SilentMetrics(),
            () -> START);

    runner.step(START.plusSeconds(60));
    here.save(Set.of(rule.id()));
    assertThat(new RuleTicks(progress).newest()).isEmpty();

    runner.step(START.plus(LIMITS.catchUp()).plusSeconds(60));
    here.save(Set.of(rule.id()));
    RuleProgress told = new RuleTicks(progress).newest().get(rule.id());
    assertThat(told.error()).isEqualTo("not evaluated in time: partition 3 is away");
    assertThat(told.begun()).isFalse();
  }

  @Test
  void aTickWhoseQuestionTakesTooLongTwiceIsPassedOver() throws InterruptedException {
    Progress here = new Progress(progress, 0);
    here.begin(rule.id(), START);
    List<Instant> asked = new ArrayList<>();
    RuleRunner runner =
        new RuleRunner(
            rule,
            (tenant, promql, at, patience) -> {
              asked.add(at);
              return new Answer.TooLong("query timed out after 9000 ms");
            },
            stores(),
            here,
            LIMITS,
            new SilentMetrics(),
            () -> START);

    Instant now = START.plusSeconds(60);
    runner.step(now);
    here.save(Set.of(rule.id()));
    assertThat(new RuleTicks(progress).newest().get(rule.id()))
        .isEqualTo(new RuleProgress(START, false, "query timed out after 9000 ms"));

    runner.step(now);
    runner.step(now);
    runner.step(now);

    Instant first = asked.get(0);
    Instant second = first.plus(rule.interval());
    assertThat(asked).containsExactly(first, first, second, second);
    here.save(Set.of(rule.id()));
    assertThat(new RuleTicks(progress).newest().get(rule.id()))
        .isEqualTo(new RuleProgress(second, true, "query timed out after 9000 ms"));
  }

  private void evaluate(Answer answer, Instant now) {
    AtomicInteger asked = new AtomicInteger();
    try (RuleKeeper keeper =
        keeper(
            (tenant, promql, at, patience) -> {
              asked.incrementAndGet();
              return answer;
            },
            now)) {
      keeper.step(now);
      Await.until("a tick is done and the next one asked", () -> asked.get() >= 2);
    }
  }
}
