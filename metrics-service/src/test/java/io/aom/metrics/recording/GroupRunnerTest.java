package io.aom.metrics.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.metrics.recording.RuleQueries.Answer;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.StaleMarker;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.DocumentVersion;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GroupRunnerTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");
  private static final RecordingProperties PROPERTIES =
      new RecordingProperties(
          Duration.ofSeconds(2), Duration.ofMinutes(5), 100, 10, 4, Duration.ofSeconds(5));

  private final World world = new World();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  /**
   * What rules ask and write to. A query {@code up} has a series for each instance that is there at
   * the time, {@code up offset 40s} for each that was there a turn before; {@code kept} gives what
   * is kept under {@code up:kept}; {@code last_over_time} looks at what is stored.
   */
  private static final class World implements RuleQueries, SeriesWriter, InstantSource {
    static final Pattern LAST_OVER_TIME =
        Pattern.compile("last_over_time\\(\\{__name__=\"(.*)\"}\\[(\\d+)ms]\\)");

    final Map<Labels, TreeMap<Long, Double>> stored = new HashMap<>();
    final InMemoryDocumentStore<GroupState> documents =
        new InMemoryDocumentStore<>(GroupState.TYPE);
    final List<String> asked = new ArrayList<>();
    long completeUntil = Long.MAX_VALUE;
    Predicate<String> queriesRefused = expr -> false;

    /** Series that are not taken. */
    Predicate<Labels> seriesRefused = labels -> false;

    /** How many writes and saves still succeed; the next is done or not, and then fails. */
    int stepsLeft = Integer.MAX_VALUE;

    boolean failsAfterwards;

    Instant now = NOON;

    /** How long each write takes. */
    Duration writing = Duration.ZERO;

    @Override
    public Instant instant() {
      return now;
    }

    /** Instances 0, 1, 2 take turns of 40 seconds; two are there at a time. */
    static List<String> instances(long timeMillis) {
      int turn = (int) Math.floorMod(timeMillis / 40_000, 3);
      return List.of("i" + turn, "i" + (turn + 1) % 3);
    }

    @Override
    public Answer ask(TenantId tenant, String expr, long timeMillis, boolean ownWrites) {
      asked.add(expr + " " + ownWrites);
      if (timeMillis > completeUntil) {
        return new Answer.Unsettled("not yet");
      }
      if (queriesRefused.test(expr)) {
        return new Answer.Refused("no");
      }
      List<Recorded> samples = new ArrayList<>();
      Matcher lastOverTime = LAST_OVER_TIME.matcher(expr);
      if (lastOverTime.matches()) {
        long start = timeMillis - Long.parseLong(lastOverTime.group(2));
        stored.forEach(
            (labels, values) -> {
              if (labels.metricName().equals(lastOverTime.group(1))
                  && values.subMap(start, false, timeMillis, true).values().stream()
                      .anyMatch(value -> !isStale(value))) {
                samples.add(new Recorded(labels, 1, null));
              }
            });
      } else if (expr.startsWith("up")) {
        long at = expr.endsWith("offset 40s") ? timeMillis - 40_000 : timeMillis;
        for (String instance : instances(at)) {
          samples.add(
              new Recorded(
                  Labels.of("__name__", "up", "instance", instance, "zone", "a"), at / 1000, null));
        }
      } else {
        stored.forEach(
            (labels, values) -> {
              Double value = values.get(timeMillis);
              if (labels.metricName().equals("up:kept") && value != null && !isStale(value)) {
                samples.add(new Recorded(labels, 2 * value, null));
              }
            });
      }
      return new Answer.Complete(samples);
    }

    @Override
    public void write(TenantId tenant, long timeMillis, List<Recorded> samples) throws IOException {
      now = now.plus(writing);
      boolean fails = stepsLeft-- <= 0;
      if (!fails || failsAfterwards) {
        for (Recorded sample : samples) {
          if (!seriesRefused.test(sample.labels())) {
            stored
                .computeIfAbsent(sample.labels(), labels -> new TreeMap<>())
                .put(timeMillis, sample.value());
          }
        }
      }
      if (fails) {
        stepsLeft = Integer.MAX_VALUE;
        throw new IOException("killed");
      }
      if (samples.stream().map(Recorded::labels).anyMatch(seriesRefused)) {
        throw new RejectedException(Problem.BAD_REQUEST, "not all was taken");
      }
    }

    /** Saves may fail as well. */
    DocumentStore<GroupState> states() {
      return new DocumentStore<>() {
        @Override
        public Optional<Versioned<GroupState>> find(String id) {
          return documents.find(id);
        }

        @Override
        public DocumentQuery.Page<GroupState> list(DocumentQuery query) {
          return documents.list(query);
        }

        @Override
        public Versioned<GroupState> create(String id, GroupState value, String actor) {
          return documents.create(id, value, actor);
        }

        @Override
        public Versioned<GroupState> replace(
            String id, GroupState value, DocumentVersion expected, String actor) {
          boolean fails = stepsLeft-- <= 0;
          if (fails && !failsAfterwards) {
            stepsLeft = Integer.MAX_VALUE;
            throw new OpenSearchUnavailableException("killed", new IOException("killed"));
          }
          Versioned<GroupState> saved = documents.replace(id, value, expected, actor);
          if (fails) {
            stepsLeft = Integer.MAX_VALUE;
            throw new OpenSearchUnavailableException("killed", new IOException("killed"));
          }
          return saved;
        }

        @Override
        public boolean delete(String id, @Nullable DocumentVersion expected, String actor) {
          return documents.delete(id, expected, actor);
        }
      };
    }
  }

  private static boolean isStale(double value) {
    return StaleMarker.is(value);
  }

  private static RuleGroup group(Duration offset, int limit, RecordingRule... rules) {
    return new RuleGroup(ACME, "g", INTERVAL, offset, limit, Map.of("by", "aom"), List.of(rules));
  }

  private static final RecordingRule KEPT =
      new RecordingRule("up:kept", "up", Map.of("zone", "", "rule", "kept"));
  private static final RecordingRule DOUBLED = new RecordingRule("up:doubled", "kept", Map.of());

  private GroupRunner runner(RuleGroup group) {
    return new GroupRunner(
        group, world, world, world.states(), PROPERTIES, new RecordingMetrics(registry), world);
  }

  /** Steps until the time has come to {@code end}; returns the time then. */
  private Instant run(GroupRunner runner, Instant from, Instant end) throws InterruptedException {
    Instant now = from;
    while (now.isBefore(end)) {
      world.now = now;
      Instant next = runner.step(now);
      now = next.isAfter(now) ? next : now;
    }
    return now;
  }

  private static Labels kept(String instance) {
    return Labels.of("__name__", "up:kept", "by", "aom", "instance", instance, "rule", "kept");
  }

  private static Labels doubled(String instance) {
    return kept(instance).with("__name__", "up:doubled");
  }

  /** Everything that must be there for ticks up to and with {@code last}, and nothing else. */
  private void assertStored(Instant first, Instant last) {
    Map<Labels, TreeMap<Long, Double>> wanted = new HashMap<>();
    List<String> before = List.of();
    for (long time = first.toEpochMilli(); time <= last.toEpochMilli(); time += 10_000) {
      List<String> there = World.instances(time);
      for (String instance : List.of("i0", "i1", "i2")) {
        Double value =
            there.contains(instance)
                ? (Double) (time / 1000.0)
                : before.contains(instance) ? (Double) StaleMarker.VALUE : null;
        if (value != null) {
          wanted.computeIfAbsent(kept(instance), l -> new TreeMap<>()).put(time, value);
          wanted
              .computeIfAbsent(doubled(instance), l -> new TreeMap<>())
              .put(time, isStale(value) ? value : (Double) (2 * value));
        }
      }
      before = there;
    }
    assertThat(bits(world.stored)).isEqualTo(bits(wanted));
  }

  private static Map<Labels, Map<Long, Long>> bits(Map<Labels, TreeMap<Long, Double>> of) {
    Map<Labels, Map<Long, Long>> bits = new HashMap<>();
    of.forEach(
        (labels, values) ->
            values.forEach(
                (time, value) ->
                    bits.computeIfAbsent(labels, l -> new TreeMap<>())
                        .put(time, Double.doubleToRawLongBits(value))));
    return bits;
  }

  @Test
  void recordsEachTickAndEndsSeriesThatAreGone() throws Exception {
    run(runner(group(Duration.ZERO, 0, KEPT, DOUBLED)), NOON, NOON.plusSeconds(300));

    assertStored(NOON, NOON.plusSeconds(290));
    // The second rule must see what the first has written, the first need not.
    assertThat(world.asked).contains("up false", "kept true").doesNotContain("kept false");
    assertThat(registry.get("aom.metrics.recording.evaluations").tag("outcome", "failed").counter())
        .extracting(counter -> counter.count())
        .isEqualTo(0.0);
  }

  /** What was written after the next tick's time is not among what had arrived by then. */
  @Test
  void aTickSeesWhatATickBeforeItRecordedForLong() throws Exception {
    world.writing = Duration.ofSeconds(12);
    GroupRunner runner = runner(group(Duration.ZERO, 0, KEPT));

    run(runner, NOON, NOON.plusSeconds(5));
    world.writing = Duration.ZERO;
    run(runner, NOON.plusSeconds(13), NOON.plusSeconds(14));
    run(runner, NOON.plusSeconds(22), NOON.plusSeconds(23));

    assertThat(world.asked).containsExactly("up false", "up true", "up false");
  }

  @Test
  void aTickSeesWhatALateTickBeforeItHasRecorded() throws Exception {
    RuleGroup group = group(Duration.ZERO, 0, KEPT);
    Instant now = run(runner(group), NOON, NOON.plusSeconds(5));
    assertThat(world.asked).containsExactly("up false");
    world.asked.clear();

    // Ten ticks are caught up. The first follows one that was in time, the others a late one.
    GroupRunner late = runner(group);
    Instant end = now.plusSeconds(100);
    world.now = end;
    while (!late.step(end).isAfter(end)) {
      // At once.
    }
    // Asked first is what it gave at the tick before.
    assertThat(world.asked).hasSizeGreaterThan(8).startsWith("up true", "up false");
    assertThat(world.asked.subList(2, world.asked.size())).containsOnly("up true");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void isTheSameWhateverFailsAndWhoeverIsKilled(int seed) throws Exception {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    RuleGroup group = group(Duration.ZERO, 0, KEPT, DOUBLED);
    Instant end = NOON.plusSeconds(600);
    GroupRunner runner = runner(group);
    Instant now = NOON;
    while (now.isBefore(end)) {
      world.stepsLeft = random.nextInt(6);
      world.failsAfterwards = random.nextBoolean();
      world.completeUntil = random.nextInt(4) == 0 ? now.toEpochMilli() - 15_000 : Long.MAX_VALUE;
      now = run(runner, now, now.plusSeconds(random.nextInt(30)));
      if (random.nextInt(3) == 0) {
        runner = runner(group); // the other was killed, perhaps in the middle of a tick
        now = now.plusSeconds(random.nextInt(25));
      }
    }
    world.stepsLeft = Integer.MAX_VALUE;
    world.completeUntil = Long.MAX_VALUE;
    run(runner, now, end.plusSeconds(60));

    assertStored(NOON, end.plusSeconds(50));
  }

  @Test
  void twoThatEvaluateTheSameGroupDoNoHarm() throws Exception {
    RuleGroup group = group(Duration.ZERO, 0, KEPT, DOUBLED);
    GroupRunner one = runner(group);
    GroupRunner other = runner(group);
    for (Instant now = NOON; now.isBefore(NOON.plusSeconds(200)); now = now.plusMillis(700)) {
      one.step(now);
      other.step(now);
    }
    run(one, NOON.plusSeconds(200), NOON.plusSeconds(300));

    assertStored(NOON, NOON.plusSeconds(290));
  }

  @Test
  void waitsUntilTheDataIsComplete() throws Exception {
    world.completeUntil = NOON.minusSeconds(1).toEpochMilli();
    GroupRunner runner = runner(group(Duration.ZERO, 0, KEPT));
    Instant now = run(runner, NOON, NOON.plusSeconds(45));
    assertThat(world.stored).isEmpty();

    world.completeUntil = Long.MAX_VALUE;
    run(runner, now, NOON.plusSeconds(60));

    assertThat(world.stored.get(kept("i0")).firstKey()).isEqualTo(NOON.toEpochMilli());
    assertThat(world.stored.get(kept("i0")).keySet()).hasSizeGreaterThanOrEqualTo(4);
  }

  @Test
  void ticksThatAreTooOldArePassedOverAndCounted() throws Exception {
    RuleGroup group = group(Duration.ZERO, 0, KEPT);
    run(runner(group), NOON, NOON.plusSeconds(30));
    int before = world.stored.values().stream().mapToInt(TreeMap::size).sum();

    run(runner(group), NOON.plusSeconds(3600), NOON.plusSeconds(3603));

    assertThat(registry.get("aom.metrics.recording.ticks.passed.over").counter().count())
        .isBetween(320.0, 335.0);
    assertThat(world.stored.values().stream().mapToInt(TreeMap::size).sum())
        .isGreaterThan(before + 50);
    GroupState state = state(group);
    assertThat(registry.get("aom.metrics.recording.ticks.passed.over").counter().count())
        .isEqualTo(Objects.requireNonNull(state.passedOver()).ticks());
    assertThat(state.error()).isNull();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ticksThatWerePassedOverAreSaidBeforeTheNextOneIsDone(boolean saved) throws Exception {
    RuleGroup group = group(Duration.ZERO, 0, KEPT);
    Instant now = run(runner(group), NOON, NOON.plusSeconds(30));
    long done = state(group).tick();

    world.completeUntil = now.toEpochMilli();
    world.stepsLeft = 0; // the first save
    world.failsAfterwards = saved;
    GroupRunner late = runner(group);
    run(late, NOON.plusSeconds(3600), NOON.plusSeconds(3603));

    assertThat(state(group).tick()).isEqualTo(done);
    GroupState.PassedOver gap = Objects.requireNonNull(state(group).passedOver());
    long newest = NOON.plusSeconds(3290).toEpochMilli();
    assertThat(gap.newest()).isEqualTo(newest);
    assertThat(gap.ticks()).isEqualTo((newest - done) / INTERVAL.toMillis());
    assertThat(registry.get("aom.metrics.recording.ticks.passed.over").counter().count())
        .as("once, although the first save failed")
        .isEqualTo(gap.ticks());
    assertThat(state(group).error()).contains("ticks up to 2026-11-26T12:54:50Z");
    assertThat(world.stored.get(kept("i0")).lastEntry().getValue())
        .as("not ended for the gap alone")
        .isNotEqualTo(StaleMarker.VALUE);
  }

  /** Each turn one instance goes over from one of the rules to the other: it has not ended. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSeriesThatAnotherRuleOfTheGroupGivesIsNotEnded(boolean restarted) throws Exception {
    RecordingRule before = new RecordingRule("up:kept", "up offset 40s", KEPT.labels());
    for (List<RecordingRule> rules : List.of(List.of(KEPT, before), List.of(before, KEPT))) {
      world.stored.clear();
      RuleGroup group = group(Duration.ZERO, 0, rules.toArray(RecordingRule[]::new));
      world.documents.delete(group.id(), null, "test");
      GroupRunner runner = runner(group);
      Instant now = NOON;
      while (now.isBefore(NOON.plusSeconds(300))) {
        now = run(runner, now, now.plusSeconds(10));
        runner = restarted ? runner(group) : runner;
      }

      for (String instance : List.of("i0", "i1", "i2")) {
        assertThat(world.stored.get(kept(instance)).values())
            .as("%s of %s", instance, rules)
            .hasSizeGreaterThanOrEqualTo(29)
            .noneMatch(GroupRunnerTest::isStale);
      }
      // Of two values the later rule's stays.
      long tick = NOON.plusSeconds(40).toEpochMilli();
      double offset = rules.get(1).equals(before) ? 40 : 0;
      assertThat(world.stored.get(kept("i1")).get(tick)).isEqualTo(tick / 1000.0 - offset);
    }
  }

  /** As in Prometheus, where each rule ends its own series before the next one is evaluated. */
  @Test
  void aSeriesEndsThatALaterRuleGaveTooIfThatOneFails() throws Exception {
    RecordingRule before = new RecordingRule("up:kept", "up offset 40s", KEPT.labels());
    GroupRunner runner = runner(group(Duration.ZERO, 0, KEPT, before));
    Instant now = run(runner, NOON.plusSeconds(30), NOON.plusSeconds(35));
    world.queriesRefused = before.expr()::equals;
    run(runner, now, NOON.plusSeconds(45));

    assertThat(world.stored.get(kept("i0")).lastEntry())
        .isEqualTo(Map.entry(NOON.plusSeconds(40).toEpochMilli(), StaleMarker.VALUE));
    assertThat(world.stored.get(kept("i2")).values()).noneMatch(GroupRunnerTest::isStale);
  }

  @Test
  void resultsAreOfTheTimeThatTheOffsetSays() throws Exception {
    run(runner(group(Duration.ofSeconds(30), 0, KEPT)), NOON, NOON.plusSeconds(11));

    assertThat(world.stored.get(kept(World.instances(NOON.minusSeconds(30).toEpochMilli()).get(0))))
        .containsOnlyKeys(NOON.minusSeconds(30).toEpochMilli());
  }

  @Test
  void aRuleThatFailsDoesNotHoldUpTheOthersAndIsSaid() throws Exception {
    RuleGroup group =
        group(Duration.ZERO, 1, KEPT, new RecordingRule("one", "kept", Map.of("instance", "")));
    run(runner(group), NOON, NOON.plusSeconds(5));
    assertThat(world.stored).isEmpty();
    assertThat(state(group).rules().get(0).error()).isEqualTo("exceeded limit of 1 with 2 series");
    assertThat(state(group).rules().get(1).error()).isNull();

    RuleGroup same = group(Duration.ZERO, 0, new RecordingRule("x", "up", Map.of("instance", "")));
    run(runner(same), NOON.plusSeconds(5), NOON.plusSeconds(15));
    assertThat(state(same).rules().get(0).error())
        .isEqualTo("vector contains metrics with the same labelset after applying rule labels");

    world.queriesRefused = expr -> true;
    run(runner(same), NOON.plusSeconds(15), NOON.plusSeconds(25));
    assertThat(state(same).rules().get(0).error()).isEqualTo("no");
  }

  /** Of the tick before a restart. A marker would make a series that never was. */
  @Test
  void whatARuleThatFailedWouldHaveGivenIsNotEnded() throws Exception {
    Instant now =
        run(runner(group(Duration.ZERO, 1, KEPT)), NOON.plusSeconds(30), NOON.plusSeconds(40));

    run(runner(group(Duration.ZERO, 0, KEPT)), now, NOON.plusSeconds(45));

    assertThat(world.stored).containsOnlyKeys(kept("i1"), kept("i2"));
  }

  /** A marker of what was refused would make a series that never was. */
  @ParameterizedTest
  @CsvSource({"i1, false", "i2, true"})
  void whatARuleGaveInPartBeforeARestartIsEnded(String refused, boolean ended) throws Exception {
    RuleGroup group = group(Duration.ZERO, 0, KEPT);
    world.seriesRefused = kept(refused)::equals;
    Instant now = run(runner(group), NOON.plusSeconds(70), NOON.plusSeconds(75)); // i1 and i2
    assertThat(state(group).rules().get(0).error()).isEqualTo("not all was taken");
    world.seriesRefused = labels -> false;

    run(runner(group), now, NOON.plusSeconds(85)); // i2 and i0

    assertThat(world.stored.containsKey(kept("i1"))).isEqualTo(ended);
    if (ended) {
      assertThat(world.stored.get(kept("i1")).lastEntry())
          .isEqualTo(Map.entry(NOON.plusSeconds(80).toEpochMilli(), StaleMarker.VALUE));
    }
  }

  @Test
  void whatARuleAsItIsNowCouldNotHaveGivenIsNotEnded() throws Exception {
    Instant now =
        run(runner(group(Duration.ZERO, 0, KEPT)), NOON.plusSeconds(30), NOON.plusSeconds(40));
    RecordingRule changed = new RecordingRule("up:kept", "kept", Map.of("instance", ""));

    run(runner(group(Duration.ZERO, 0, changed)), now, NOON.plusSeconds(45));

    assertThat(world.stored).containsOnlyKeys(kept("i0"), kept("i1"));
  }

  private GroupState state(RuleGroup group) {
    return world.documents.find(group.id()).orElseThrow().value();
  }

  @Test
  void whatIngestRefusesForGoodIsSaidAndTheGroupGoesOn() throws Exception {
    SeriesWriter refusing =
        (tenant, time, samples) -> {
          throw new RejectedException(Problem.BAD_REQUEST, "too many series");
        };
    RuleGroup group = group(Duration.ZERO, 0, KEPT);
    GroupRunner runner =
        new GroupRunner(
            group,
            world,
            refusing,
            world.states(),
            PROPERTIES,
            new RecordingMetrics(registry),
            world);
    run(runner, NOON, NOON.plusSeconds(25));

    assertThat(state(group).rules().get(0).error()).isEqualTo("too many series");
    assertThat(state(group).tick()).isEqualTo(NOON.plusSeconds(20).toEpochMilli());
  }

  @Test
  void seriesOfRulesThatAreGoneAreEnded() throws Exception {
    GroupRunner runner = runner(group(Duration.ZERO, 0, KEPT, DOUBLED));
    Instant now = run(runner, NOON, NOON.plusSeconds(11));
    runner.update(group(Duration.ZERO, 0, KEPT));
    long tick = NOON.plusSeconds(10).toEpochMilli();
    // A group that has the rule now has recorded this for the same tick.
    world.write(ACME, tick, List.of(new Recorded(doubled("i0"), 7, null)));
    run(runner, now, NOON.plusSeconds(21));

    for (String instance : World.instances(tick)) {
      assertThat(isStale(world.stored.get(doubled(instance)).get(tick - 1))).isTrue();
      assertThat(world.stored.get(kept(instance)).values()).noneMatch(GroupRunnerTest::isStale);
    }
    assertThat(world.stored.get(doubled("i0")).get(NOON.toEpochMilli()))
        .isEqualTo(2 * NOON.getEpochSecond());
    assertThat(world.stored.get(doubled("i0")).lastEntry()).isEqualTo(Map.entry(tick, 7.0));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          between two ticks                  |  0 | 13000 |  13000
          at a tick that is to come          |  0 | 20000 |  20000
          with an offset                     | 30 | 13000 | -17000
          at the newest tick, by this clock  |  0 | 10000 |  10001
          before it, by this clock           |  0 |  5000 |  10001
          before it, with an offset          | 30 |  5000 | -19999
          """)
  void theSeriesOfAGroupThatIsGoneEndAfterWhatWasRecorded(
      String ends, int offset, long endMillis, long markerMillis) throws Exception {
    GroupRunner runner = runner(group(Duration.ofSeconds(offset), 0, KEPT));
    run(runner, NOON, NOON.plusSeconds(21));
    Map<Labels, TreeMap<Long, Double>> recorded = new HashMap<>();
    world.stored.forEach((labels, values) -> recorded.put(labels, new TreeMap<>(values)));

    EndingSeries ending = runner.end(NOON.plusMillis(endMillis));
    Instant due = NOON.plusMillis(endMillis).plusSeconds(22);
    assertThat(ending.end(due.minusMillis(1), world, world)).isFalse();
    assertThat(bits(world.stored)).isEqualTo(bits(recorded));
    assertThat(ending.end(due, world, world)).isTrue();

    long marker = NOON.plusMillis(markerMillis).toEpochMilli();
    recorded.values().forEach(values -> values.put(marker, StaleMarker.VALUE));
    assertThat(recorded).hasSize(2);
    assertThat(bits(world.stored)).as(ends).isEqualTo(bits(recorded));
  }

  /** The series go on without a gap; only what the other group does not give any more ends. */
  @ParameterizedTest
  @ValueSource(ints = {0, 30})
  void theSeriesOfAGroupThatHasAnotherNameNowGoOn(int offset) throws Exception {
    RuleGroup group = group(Duration.ofSeconds(offset), 0, KEPT);
    GroupRunner runner = runner(group);
    Instant removed = run(runner, NOON, NOON.plusSeconds(offset + 41));
    EndingSeries ending = runner.end(removed);
    RuleGroup renamed =
        new RuleGroup(
            ACME,
            "another name",
            group.interval(),
            group.queryOffset(),
            group.limit(),
            group.labels(),
            group.rules());

    run(runner(renamed), removed, removed.plusSeconds(22));
    world.completeUntil = removed.toEpochMilli();
    assertThat(ending.end(removed.plusSeconds(22), world, world)).isFalse();
    world.completeUntil = Long.MAX_VALUE;
    assertThat(ending.end(removed.plusSeconds(27), world, world)).isTrue();

    for (String instance : List.of("i1", "i2")) {
      assertThat(world.stored.get(kept(instance)).tailMap(NOON.toEpochMilli(), false).values())
          .isNotEmpty()
          .noneMatch(GroupRunnerTest::isStale);
    }
    assertThat(world.stored.get(kept("i0")).lastEntry())
        .isEqualTo(Map.entry(removed.minusSeconds(offset).toEpochMilli(), StaleMarker.VALUE));
  }

  @Test
  void whetherSeriesOfAGroupThatIsGoneGoOnIsNotAskedForEver() throws Exception {
    GroupRunner runner = runner(group(Duration.ZERO, 0, KEPT));
    run(runner, NOON, NOON.plusSeconds(11));
    EndingSeries ending = runner.end(NOON.plusSeconds(11));
    world.completeUntil = NOON.toEpochMilli();
    Instant due = NOON.plusSeconds(11 + 22);

    assertThat(ending.end(due.plus(PROPERTIES.catchUp()).minusMillis(1), world, world)).isFalse();
    assertThat(ending.end(due.plus(PROPERTIES.catchUp()), world, world)).isTrue();

    assertThat(world.stored.get(kept("i0")).values()).noneMatch(GroupRunnerTest::isStale);
  }

  @Test
  void whatATickHasRecordedThatIsNotDoneIsEndedWithItsGroup() throws Exception {
    world.stepsLeft = 1;
    GroupRunner runner = runner(group(Duration.ZERO, 0, KEPT, DOUBLED));
    world.now = NOON.plusSeconds(2);
    runner.step(world.now); // records what is kept, not what is doubled
    assertThat(world.stored).containsOnlyKeys(kept("i0"), kept("i1"));

    runner.end(NOON).end(NOON.plusSeconds(22), world, world);

    assertThat(world.stored.get(kept("i0")))
        .containsExactly(
            Map.entry(NOON.toEpochMilli(), (double) NOON.getEpochSecond()),
            Map.entry(NOON.toEpochMilli() + 1, StaleMarker.VALUE));
  }
}
