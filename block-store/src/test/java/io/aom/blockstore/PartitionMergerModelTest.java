package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.PartitionKeeper.View;
import io.aom.blockstore.PartitionMerger.Outcome;
import io.aom.blockstore.WordFormat.Row;
import io.aom.telemetry.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;

/**
 * Two members merge a partition's blocks at random, one in between two steps of the other, are
 * killed between any two, and begin again, while queries that know of merges late compare what they
 * see with what the log holds.
 */
class PartitionMergerModelTest {
  private static final long DAY = 86_400_000L;
  private static final long NOW = Instant.parse("2026-11-23T22:00:00Z").toEpochMilli();
  private static final List<String> TENANTS = List.of("blue", "red");
  private static final MergeSettings SETTINGS =
      new MergeSettings(true, Duration.ofMinutes(20), Duration.ofHours(2), 40, 1);

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final MemoryLog log = new MemoryLog(1);
  private final MemoryCatalogue catalogue = new MemoryCatalogue();
  private final List<PartitionKeeper<WordFormat.Words>> keepers = new ArrayList<>();
  private final List<PartitionMerger> mergers = new ArrayList<>();
  private long clock = NOW;
  private long listReadAt;
  private int layouts;
  private Random random = new Random(1);
  private int stepsToLive = Integer.MAX_VALUE;

  /** Whether nobody comes in between. */
  private boolean amid;

  /** Whether every row is to be seen. */
  private boolean allKept = true;

  @Property(tries = 40)
  void everyRowIsSeenOnceWhoeverMergesAndDiesWhen(@ForAll Random seed) {
    PartitionMergerModelTest model = new PartitionMergerModelTest();
    model.run(seed);
    Statistics.label("merged ranges").collect(Math.min(5, model.catalogue.mergedRanges()));
  }

  private void run(Random seed) {
    random = seed;
    start();
    for (int round = 0; round < 150; round++) {
      switch (random.nextInt(9)) {
        case 0, 1, 2 -> produceAndSeal();
        case 3 -> clock += Duration.ofMinutes(random.nextInt(40)).toMillis();
        case 4 -> keepers.set(1, keeper()); // The second reader begins again, and is behind soon.
        case 5 -> orDie(() -> mergers.get(random.nextInt(2)).sweep(0));
        case 6 -> catalogue.sweep(0);
        default -> orDie(() -> mergers.get(random.nextInt(2)).mergeNext());
      }
      check();
    }
    settle();
    assertThat(catalogue.mergedRanges()).isPositive();
    catalogue.assertNothingLeftOfMerges();
  }

  private void start() {
    keepers.add(keeper());
    keepers.add(keeper());
    for (int member = 0; member < 2; member++) {
      mergers.add(merger(member, new WordFormat().merger().orElseThrow()));
    }
  }

  private PartitionMerger merger(int member, PartMerger merger) {
    return merger(member, merger, tier -> Duration.ofDays(30));
  }

  private PartitionMerger merger(int member, PartMerger merger, Retention retention) {
    return new PartitionMerger(
        merger,
        1,
        SETTINGS,
        member,
        catalogue,
        catalogue.merges(),
        () -> "layout" + layouts++,
        () -> {},
        () -> Instant.ofEpochMilli(clock),
        (step, partition) -> reached(),
        retention,
        log.topicId(),
        0);
  }

  private void orDie(Runnable work) {
    stepsToLive = random.nextInt(4) == 0 ? random.nextInt(5) : Integer.MAX_VALUE;
    try {
      work.run();
    } catch (Killed e) {
      // Whoever merges begins again from what is stored.
    }
    stepsToLive = Integer.MAX_VALUE;
  }

  private void reached() {
    check();
    if (!amid && random.nextInt(3) == 0) {
      amid = true;
      clock += Duration.ofMinutes(random.nextInt(50)).toMillis(); // It was slow.
      PartitionMerger other = mergers.get(random.nextInt(2));
      if (random.nextBoolean()) {
        other.mergeNext();
      } else {
        other.sweep(0);
      }
      amid = false;
      check();
    }
    if (!amid && stepsToLive-- <= 0) {
      throw new Killed();
    }
  }

  private PartitionKeeper<WordFormat.Words> keeper() {
    PartitionKeeper<WordFormat.Words> started =
        new PartitionKeeper<>(
            new WordFormat(),
            new SealPolicy(1_000, 1 << 20, Duration.ofHours(9), Duration.ofHours(9), Duration.ZERO),
            Duration.ZERO,
            catalogue,
            () -> Instant.ofEpochMilli(clock),
            Step.Listener.NONE,
            log.topicId(),
            0);
    started.recover(0);
    started.sureTo(Long.MAX_VALUE);
    return started;
  }

  private void produceAndSeal() {
    for (int i = random.nextInt(4); i >= 0; i--) {
      produce();
      clock += random.nextInt(600_000);
    }
    sealAll(keepers.getFirst());
    if (random.nextInt(3) == 0) {
      read(keepers.get(1)); // It holds in memory what the first has stored.
    }
  }

  private void sealAll(PartitionKeeper<WordFormat.Words> keeper) {
    read(keeper);
    keeper.freezeIfDue(true);
    keeper.sealNext();
    keeper.releaseDue(true);
  }

  private void read(PartitionKeeper<WordFormat.Words> keeper) {
    for (long offset = keeper.nextOffset(); offset < log.end(0); offset++) {
      keeper.accept(log.partitions.get(0).get((int) offset), log);
    }
  }

  private void produce() {
    produce(clock - random.nextInt(3) * DAY);
  }

  private void produce(long rowMillis) {
    long offset = log.end(0);
    StringBuilder text = new StringBuilder();
    text.append(rowMillis).append(':');
    int words = 1 + random.nextInt(3);
    for (int i = 0; i < words; i++) {
      text.append(i == 0 ? "" : ",").append("w").append(offset).append('.').append(i);
    }
    log.partitions
        .get(0)
        .add(
            new LogRecord(
                0,
                offset,
                new TenantId(TENANTS.get(random.nextInt(TENANTS.size()))),
                words,
                new RequestDigest(offset, ~offset),
                clock,
                text.toString().getBytes(StandardCharsets.UTF_8)));
  }

  /** All that is due is merged, and all that is left over is removed. */
  private void settle() {
    produceAndSeal();
    clock += Duration.ofHours(4).toMillis();
    for (PartitionMerger merger : mergers) {
      Outcome outcome;
      do {
        outcome = merger.mergeNext();
        check();
      } while (outcome == Outcome.MERGED || outcome == Outcome.PASSED);
    }
    keepers.set(1, keeper());
    for (int i = 0; i < 3; i++) {
      clock += Duration.ofMinutes(61).toMillis();
      mergers.forEach(merger -> merger.sweep(0));
      check();
    }
  }

  private void check() {
    if (!allKept) {
      return;
    }
    if (random.nextInt(3) == 0 || clock - listReadAt >= Duration.ofMinutes(25).toMillis()) {
      listReadAt = clock;
    }
    catalogue.queriesAt(listReadAt, clock);
    check(keepers.getFirst());
    try {
      check(keepers.get(1));
    } catch (StoreUnavailableException e) {
      assertThat(e).hasMessageContaining("its head holds rows from offset");
      assertThat(keepers.get(1).view().heldFrom()).isLessThan(keepers.getFirst().nextOffset());
    }
  }

  /** Head first, then blocks: exactly the rows of the records that were read, in every tier. */
  private void check(PartitionKeeper<WordFormat.Words> keeper) {
    check(keeper, BlockPart.AS_RECEIVED);
    check(keeper, WordFormat.AGAIN);
  }

  private void check(PartitionKeeper<WordFormat.Words> keeper, String tier) {
    View<WordFormat.Words> view = keeper.view();
    List<Row> seen = new ArrayList<>();
    view.segments().forEach(segment -> seen.addAll(segment.all()));
    for (String tenant : TENANTS) {
      List<FoundPart> parts =
          catalogue.find(
              new BlockQuery(
                      new TenantId(tenant),
                      0,
                      Long.MAX_VALUE,
                      TermExpression.ALL,
                      new Held(
                          Map.of(0, new HeldFrom(log.topicId(), view.heldFrom())), Long.MAX_VALUE),
                      false)
                  .as(tier));
      // Or else a query that may leave blocks aside would miss rows.
      assertThat(parts).allMatch(part -> part.endMillis() <= view.storedUntilMillis());
      catalogue
          .fetch(parts, List.of("times", "words"))
          .values()
          .forEach(columns -> seen.addAll(WordFormat.decode(tenant, columns)));
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(rowsBefore(keeper.nextOffset()));
  }

  private List<Row> rowsBefore(long offset) {
    List<Row> rows = new ArrayList<>();
    for (LogRecord record : log.partitions.get(0).subList(0, (int) offset)) {
      WordFormat.Words words = new WordFormat.Words(0);
      try {
        words.append(
            new HeadRecord(
                record.tenant(), record.value(), record.items(), record.receivedMillis(), 0));
      } catch (MalformedRecordException e) {
        throw new AssertionError(e);
      }
      rows.addAll(words.all());
    }
    return rows;
  }

  private void startAlone() {
    start();
    amid = true;
  }

  @Test
  void blocksThatOthersCanComeToAreLeftAlone() {
    startAlone();
    for (int i = 0; i < 3; i++) {
      produceAndSeal();
    }
    PartitionMerger merger = mergers.getFirst();
    assertThat(merger.mergeNext()).isEqualTo(Outcome.NOTHING);
    clock += Duration.ofHours(5).toMillis();
    assertThat(merger.mergeNext()).isEqualTo(Outcome.MERGED);
    assertThat(merger.mergeNext()).isEqualTo(Outcome.NOTHING);
    assertThat(merger.sweep(0)).isZero();
    clock += MergedBlocks.GRACE.toMillis();
    assertThat(merger.sweep(0)).isPositive();
    assertThat(merger.sweep(0)).isZero();
    assertThat(catalogue.mergedRanges()).isEqualTo(1);
    // What has no rows left is forgotten.
    merger.sweep(clock);
    assertThat(catalogue.mergedRanges()).isZero();
  }

  @Test
  void blocksThatCannotBeMergedStayAsTheyAre() {
    startAlone();
    PartitionMerger broken =
        merger(
            0,
            (tenant, blocks, columns, removal, merged) -> {
              throw new IllegalStateException("bytes that make no sense");
            });
    for (int i = 0; i < 3; i++) {
      produceAndSeal();
    }
    clock += Duration.ofHours(5).toMillis();

    assertThat(broken.mergeNext()).isEqualTo(Outcome.PASSED);
    assertThat(broken.mergeNext()).isEqualTo(Outcome.NOTHING);
    check();

    for (int i = 0; i < 3; i++) {
      produceAndSeal();
    }
    clock += Duration.ofHours(5).toMillis();
    assertThat(mergers.getFirst().mergeNext()).isEqualTo(Outcome.MERGED);
    check();
  }

  @Test
  void aLoneBlockStaysAsItIsUnlessItGetsTiers() {
    startAlone();
    produceAndSeal();
    clock += Duration.ofHours(5).toMillis();
    PartitionMerger withoutTiers = merger(0, new WordFormat().merger().orElseThrow()::merge);
    assertThat(withoutTiers.mergeNext()).isEqualTo(Outcome.PASSED);
    assertThat(withoutTiers.mergeNext()).isEqualTo(Outcome.NOTHING);
    assertThat(catalogue.mergedRanges()).isZero();
    check();

    produceAndSeal();
    clock += Duration.ofHours(5).toMillis();
    assertThat(mergers.getFirst().mergeNext()).isEqualTo(Outcome.MERGED);
    assertThat(catalogue.mergedRanges()).isEqualTo(1);
    check();
  }

  @Test
  void rowsThatAreKeptForADayAndComeADayLateAreMergedBeforeTheyGo() {
    startAlone();
    Retention oneDay = Retention.ofAll(Retention.LEAST);
    Upkeep upkeep =
        new Upkeep(
            "words",
            catalogue,
            List.of(),
            oneDay,
            null,
            Membership.ALONE,
            () -> Instant.ofEpochMilli(clock));
    for (int i = 0; i < 3; i++) {
      produce(clock);
      produce(clock - DAY);
      sealAll(keepers.getFirst());
    }
    List<Row> sent = rowsBefore(keepers.getFirst().nextOffset());
    clock += Duration.ofHours(5).toMillis(); // Another day has begun.
    upkeep.runIfDue();
    assertThat(merger(0, new WordFormat().merger().orElseThrow(), oneDay).mergeNext())
        .isEqualTo(Outcome.MERGED);
    catalogue.queriesAt(clock, clock);
    assertThat(stored(BlockPart.AS_RECEIVED)).containsExactlyInAnyOrderElementsOf(sent);

    clock = NOW + DAY + Duration.ofHours(1).toMillis();
    upkeep.runIfDue();
    assertThat(stored(BlockPart.AS_RECEIVED)).hasSize(sent.size());
    clock += Duration.ofHours(2).toMillis(); // All of the day before the first is too old now.
    upkeep.runIfDue();
    assertThat(stored(BlockPart.AS_RECEIVED)).isNotEmpty().allMatch(row -> row.timeMillis() >= NOW);
  }

  /** Of a day of which nothing is left, what was merged goes all the same. */
  @Test
  void whatRulesKeepNoLongerIsLeftOut() {
    startAlone();
    allKept = false;
    RetentionRule all = new RetentionRule("all", "w", Duration.ofDays(1));
    PartitionMerger merger =
        merger(
            0,
            new WordFormat().merger().orElseThrow(),
            new Retention() {
              @Override
              public Duration longest(String tier) {
                return Duration.ofDays(30);
              }

              @Override
              public Collection<Said> settled() {
                return TENANTS.stream()
                    .map(name -> new Said(new TenantId(name), this::longest, List.of(all)))
                    .toList();
              }
            });
    for (int i = 0; i < 6; i++) {
      produceAndSeal();
    }
    clock += Duration.ofHours(5).toMillis();
    long keptFrom = clock - Retention.GRACE.toMillis() - DAY;
    List<Row> sent = rowsBefore(keepers.getFirst().nextOffset());
    List<Row> kept = sent.stream().filter(row -> row.timeMillis() >= keptFrom).toList();
    assertThat(kept).isNotEmpty().hasSizeLessThan(sent.size());

    while (merger.mergeNext() == Outcome.MERGED) {
      // There are more.
    }
    assertThat(merger.rowsExpired()).isEqualTo(sent.size() - kept.size());
    clock++; // Queries read what is merged anew.
    catalogue.queriesAt(clock, clock);
    for (String tier : List.of(BlockPart.AS_RECEIVED, WordFormat.AGAIN)) {
      assertThat(stored(tier)).containsExactlyInAnyOrderElementsOf(kept);
    }
    clock += MergedBlocks.GRACE.toMillis() + 1;
    assertThat(merger.sweep(0)).isPositive();
    catalogue.assertNothingLeftOfMerges();
  }

  private List<Row> stored(String tier) {
    List<Row> rows = new ArrayList<>();
    for (String tenant : TENANTS) {
      List<FoundPart> parts =
          catalogue.find(
              new BlockQuery(
                      new TenantId(tenant),
                      0,
                      Long.MAX_VALUE,
                      TermExpression.ALL,
                      Held.NOTHING,
                      false)
                  .as(tier));
      catalogue
          .fetch(parts, List.of("times", "words"))
          .values()
          .forEach(columns -> rows.addAll(WordFormat.decode(tenant, columns)));
    }
    return rows;
  }
}
