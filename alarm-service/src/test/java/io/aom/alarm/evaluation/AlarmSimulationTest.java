package io.aom.alarm.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.alarm.evaluation.FaultyStore.Crash;
import io.aom.alarm.evaluation.FaultyStore.Odds;
import io.aom.alarm.notify.Notification;
import io.aom.alarm.notify.NotificationDocument;
import io.aom.alarm.notify.NotificationStore;
import io.aom.alarm.notify.Outbox;
import io.aom.alarm.notify.TestLane;
import io.aom.alarm.query.Answer;
import io.aom.alarm.query.ConditionQueries;
import io.aom.alarm.rule.AlarmRule;
import io.aom.alarm.rule.Rules;
import io.aom.alarm.state.Alarm;
import io.aom.alarm.state.AlarmState;
import io.aom.alarm.state.Sample;
import io.aom.alarm.state.StateMachine;
import io.aom.alarm.state.Step;
import io.aom.alarm.store.AlarmDocument;
import io.aom.alarm.store.AlarmStore;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.service.pace.Paced;
import io.aom.service.pace.Ticks;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * One rule over three series, in a world where the process crashes between any two steps, the store
 * loses answers, data lags, answers are partial, the receiver fails, and now and then an old
 * process goes on beside the new one. Afterwards the alarms must be exactly those of an undisturbed
 * run, and the receiver must have been told of each change at least once and in order.
 */
class AlarmSimulationTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration LENGTH = Duration.ofMinutes(12);
  private static final Duration CALM = Duration.ofMinutes(3);
  private static final int SEEDS = 100;

  @TestFactory
  Stream<DynamicTest> alarmsAreThoseOfAnUndisturbedRun() {
    return new Random(20260101)
        .longs(SEEDS)
        .mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> new World(seed).run()));
  }

  private static final class World implements ConditionQueries {
    private final Random random;
    private final AlarmRule rule;
    private final Map<String, List<Instant[]>> truth = new TreeMap<>();
    private final Odds odds = new Odds();
    private final InMemoryDocumentStore<AlarmDocument> alarmDocuments =
        new InMemoryDocumentStore<>(AlarmDocument.TYPE);
    private final InMemoryDocumentStore<NotificationDocument> notificationDocuments =
        new InMemoryDocumentStore<>(NotificationDocument.TYPE);
    private final InMemoryDocumentStore<ProgressDocument> progressDocuments =
        new InMemoryDocumentStore<>(ProgressDocument.TYPE);
    private final InMemoryDocumentStore<FenceDocument> fenceDocuments =
        new InMemoryDocumentStore<>(FenceDocument.TYPE);
    private final SilentMetrics metrics = new SilentMetrics();
    private final List<Notification> received = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private final double partial;
    private final double receiverFails;
    private Instant now = START;
    private Duration lag = Duration.ZERO;
    private boolean calm = true;

    World(long seed) {
      this.random = new Random(seed);
      this.rule =
          Rules.rule(
              "rule-" + seed,
              Duration.ofSeconds(random.nextInt(4) * 10L),
              Duration.ofSeconds(random.nextInt(3) * 15L),
              Duration.ofSeconds(5 + random.nextInt(6)),
              "http://receiver.example/hook");
      this.partial = random.nextDouble() * 0.5;
      this.receiverFails = random.nextDouble() * 0.6;
      for (String host : List.of("a", "b", "c")) {
        List<Instant[]> holds = new ArrayList<>();
        Instant at = START.plusSeconds(60);
        while (at.isBefore(START.plus(LENGTH))) {
          Instant from = at.plusSeconds(random.nextInt(120));
          Instant to = from.plusSeconds(1 + random.nextInt(120));
          Instant last = START.plus(LENGTH);
          holds.add(new Instant[] {from, to.isAfter(last) ? last : to});
          at = to;
        }
        truth.put(host, holds);
      }
    }

    /** What one life of a member has in memory. */
    private final class Process {
      private final Progress progress = new Progress(faulty(progressDocuments), 0);
      private final NotificationStore notifications =
          new NotificationStore(faulty(notificationDocuments));
      private final Map<String, Paced> lanes = new HashMap<>();
      private final Map<Paced, Instant> next = new HashMap<>();
      private final RuleRunner runner;

      Process() {
        AlarmStore alarms = new AlarmStore(faulty(alarmDocuments));
        progress.load();
        runner =
            new RuleRunner(
                rule,
                World.this,
                new EvaluationStores(
                    alarms,
                    new Outbox(alarms, notifications, key -> {}),
                    faulty(fenceDocuments),
                    faulty(progressDocuments)),
                progress,
                new EvaluationLimits(Duration.ofMillis(500), Duration.ofHours(1), 100),
                metrics,
                () -> now);
      }

      void step(boolean sends) throws InterruptedException {
        due(runner);
        if (random.nextInt(100) == 0) {
          progress.save(Set.of(rule.id()));
        }
        if (!sends) {
          lanes.clear();
        } else {
          for (String key : TestLane.waiting(notifications)) {
            lanes.computeIfAbsent(
                key, k -> TestLane.of(k, notifications, metrics, World.this::receive, () -> now));
          }
          for (Paced lane : lanes.values()) {
            due(lane);
          }
        }
      }

      private void due(Paced work) throws InterruptedException {
        for (int i = 0; i < 20 && !next.getOrDefault(work, Instant.MIN).isAfter(now); i++) {
          Instant then = work.step(now);
          next.put(work, then.equals(Paced.IDLE) ? now.plusMillis(500) : then);
        }
      }
    }

    private <T> DocumentStore<T> faulty(DocumentStore<T> store) {
      return new FaultyStore<>(store, random, odds);
    }

    void run() throws InterruptedException {
      Instant calmFrom = START.plus(LENGTH);
      processes.add(new Process());
      while (now.isBefore(calmFrom.plus(CALM))) {
        now = now.plusMillis(50 + random.nextInt(900));
        if (calm && now.isAfter(START.plusSeconds(20)) && now.isBefore(calmFrom)) {
          // From here on a restart knows where the rule was; before, it is a new rule.
          processes.getFirst().progress.save(Set.of(rule.id()));
          disturb();
        } else if (!calm && !now.isBefore(calmFrom)) {
          calmDown();
        }
        if (!calm && random.nextInt(60) == 0) {
          lag = random.nextBoolean() ? Duration.ZERO : Duration.ofSeconds(random.nextInt(90));
        }
        step();
      }
      check();
    }

    private void disturb() {
      calm = false;
      odds.crash = random.nextDouble() * 0.02;
      odds.unavailable = random.nextDouble() * 0.1;
    }

    private void calmDown() {
      calm = true;
      lag = Duration.ZERO;
      odds.crash = 0;
      odds.unavailable = 0;
    }

    private void step() throws InterruptedException {
      for (Process process : List.copyOf(processes)) {
        try {
          process.step(process == processes.getLast());
        } catch (Crash e) {
          processes.remove(process);
        } catch (OpenSearchUnavailableException e) {
          // Of the test's own calls to the store; the service's loops try again just so.
          assertThat(calm).isFalse();
        }
      }
      boolean beside = !calm && processes.size() == 1 && random.nextInt(100) == 0;
      if (processes.isEmpty() || beside) {
        restart();
      }
      if (processes.size() > 1 && random.nextInt(50) == 0) {
        processes.removeFirst();
      }
    }

    private void restart() {
      double crash = odds.crash;
      double unavailable = odds.unavailable;
      odds.crash = 0;
      odds.unavailable = 0;
      processes.add(new Process());
      odds.crash = crash;
      odds.unavailable = unavailable;
    }

    @Override
    public Answer ask(TenantId tenant, String promql, Instant at, Duration patience) {
      if (!calm && random.nextDouble() < partial) {
        return new Answer.Unsettled("partial");
      }
      if (at.isAfter(now.minus(lag))) {
        return new Answer.Unsettled("lags");
      }
      return new Answer.Complete(samples(at));
    }

    private List<Sample> samples(Instant at) {
      List<Sample> samples = new ArrayList<>();
      truth.forEach(
          (host, holds) -> {
            if (holds.stream().anyMatch(h -> !at.isBefore(h[0]) && at.isBefore(h[1]))) {
              samples.add(Sample.of(Map.of("host", host), 1));
            }
          });
      return samples;
    }

    private TestLane.Answer receive(Notification notification) {
      if (!calm && random.nextDouble() < receiverFails) {
        if (random.nextBoolean()) {
          received.add(notification); // it has it, and its answer is lost
        }
        return TestLane.Answer.FAILED;
      }
      received.add(notification);
      return TestLane.Answer.DONE;
    }

    private void check() {
      Map<String, List<String>> expected = undisturbed();
      Map<String, List<String>> found = new TreeMap<>();
      for (AlarmState state : List.of(AlarmState.FIRING, AlarmState.RESOLVED)) {
        new AlarmStore(alarmDocuments)
            .list(new AlarmStore.Filter(rule.tenant(), state, null, null, null), null, 1000)
            .documents()
            .forEach(alarm -> found.put(alarm.value().id(), history(alarm.value())));
      }
      assertThat(found).isEqualTo(expected);
      assertThat(expected).isNotEmpty();
      assertThat(metrics.passedOver).isZero();
      assertThat(metrics.abandoned).isZero();

      Map<String, List<Long>> told = new TreeMap<>();
      for (Notification notification : received) {
        told.computeIfAbsent(notification.fingerprint(), f -> new ArrayList<>())
            .add(notification.seq());
      }
      told.forEach((fingerprint, seqs) -> assertThat(seqs).as(fingerprint).isSorted());
      Set<String> keys = new TreeSet<>();
      received.forEach(each -> keys.add(each.alarmId() + " " + each.state().wireName()));
      Set<String> wanted = new TreeSet<>();
      expected.forEach(
          (id, history) ->
              history.stream()
                  .filter(entry -> !entry.startsWith("pending"))
                  .forEach(entry -> wanted.add(id + " " + entry.split(" ")[0])));
      assertThat(keys).isEqualTo(wanted);
      assertThat(received.stream().map(Notification::idempotencyKey).distinct())
          .hasSize(keys.size());
    }

    /** The same ticks, each evaluated once, in order, with nothing going wrong. */
    private Map<String, List<String>> undisturbed() {
      Map<String, Alarm> live = new LinkedHashMap<>();
      Map<String, List<String>> seen = new TreeMap<>();
      Ticks ticks = rule.ticks();
      Instant until = now.minusMillis(500);
      for (Instant tick = ticks.after(START.minus(rule.interval()));
          !tick.isAfter(until);
          tick = ticks.after(tick)) {
        for (Step step : StateMachine.evaluate(rule, live, Map.of(), samples(tick), tick)) {
          switch (step) {
            case Step.Drop(Alarm alarm) -> live.remove(alarm.fingerprint());
            case Step.Put(Alarm alarm) -> {
              live.put(alarm.fingerprint(), alarm);
              if (alarm.state() != AlarmState.PENDING) {
                seen.put(alarm.id(), history(alarm));
              }
              if (alarm.state() == AlarmState.RESOLVED) {
                live.remove(alarm.fingerprint());
              }
            }
          }
        }
      }
      return seen;
    }

    private static List<String> history(Alarm alarm) {
      return alarm.history().stream()
          .map(change -> change.state().wireName() + " " + change.at())
          .toList();
    }
  }
}
