package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.blockstore.PartitionKeeper.Sealed;
import io.aom.blockstore.PartitionKeeper.View;
import io.aom.blockstore.WordFormat.Row;
import io.aom.telemetry.TenantId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * A partition is driven at random, killed between any two of its steps and started again, while a
 * query after every single step compares what it sees with what the log holds.
 */
class PartitionKeeperModelTest {
  private static final long DAY = 86_400_000L;
  private static final long NOW = Instant.parse("2026-11-23T12:00:00Z").toEpochMilli();
  private static final List<String> TENANTS = List.of("blue", "red");

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** A writer of the partition: a process that can be killed and started again. */
  private final class Writer {
    private final SealPolicy policy;
    private final Duration sealDelay;
    private final WordFormat format;
    private int stepsToLive = Integer.MAX_VALUE;
    private PartitionKeeper<WordFormat.Words> keeper;

    Writer(SealPolicy policy, Duration sealDelay, WordFormat format) {
      this.policy = policy;
      this.sealDelay = sealDelay;
      this.format = format;
      this.keeper = start();
    }

    private PartitionKeeper<WordFormat.Words> start() {
      PartitionKeeper<WordFormat.Words> started =
          new PartitionKeeper<>(
              format,
              policy,
              sealDelay,
              catalogue,
              () -> Instant.ofEpochMilli(clock),
              (step, partition) -> reached(),
              log.topicId(),
              0);
      started.recover(log.beginning);
      return started;
    }

    private void reached() {
      if (sweeps.nextInt(4) == 0) {
        catalogue.sweep(0);
      }
      checkAll();
      if (stepsToLive-- <= 0) {
        throw new Killed();
      }
    }

    void orDie(Runnable work) {
      try {
        work.run();
      } catch (Killed e) {
        stepsToLive = Integer.MAX_VALUE;
        keeper = start();
      }
    }

    void read(int most) {
      keeper.skipTo(log.beginning);
      long next = keeper.nextOffset();
      long end = Math.min(log.end(0), next + most);
      for (long offset = next; offset < end; offset++) {
        LogRecord record = log.partitions.get(0).get((int) offset);
        keeper.accept(record, log);
      }
      keeper.sureTo(keeper.nextOffset());
    }

    void seal() {
      if (keeper.sealNext() == Sealed.OVERTAKEN) {
        // Between being overtaken and reading again queries go on, and nothing else is sealed.
        checkAll();
        assertThat(keeper.sealNext()).isEqualTo(Sealed.NOTHING);
        keeper.recover(log.beginning);
        checkAll();
      }
    }
  }

  private MemoryLog log = new MemoryLog(1);
  private MemoryCatalogue catalogue = new MemoryCatalogue();
  private long clock = NOW;
  private final List<Writer> writers = new ArrayList<>();
  private Random sweeps = new Random(1);

  @Property(tries = 400)
  void everyRecordIsSeenOnceWhateverDiesWhen(@ForAll Random random) {
    log = new MemoryLog(1);
    catalogue = new MemoryCatalogue();
    clock = NOW;
    writers.clear();
    sweeps = new Random(random.nextLong());
    // Two replica groups with settings of their own, as while a change of settings rolls out; the
    // second lets the first one go ahead, and both take turns at being away.
    Writer first = new Writer(policy(4), Duration.ZERO, new WordFormat(3));
    writers.add(first);
    Writer second =
        new Writer(
            policy(random.nextBoolean() ? 4 : 7),
            Duration.ofMillis(random.nextBoolean() ? 0 : 2_000),
            new WordFormat(2));
    writers.add(second);
    int favoured = random.nextInt(5);
    for (int round = 0; round < 120; round++) {
      Writer writer = random.nextInt(5) < favoured ? second : first;
      if (random.nextInt(8) == 0) {
        writer.stepsToLive = random.nextInt(12);
      }
      if (random.nextInt(6) == 0) {
        catalogue.sweep(0); // Whoever is in the middle of storing a block.
      }
      switch (random.nextInt(8)) {
        case 0, 1 -> produce(random);
        case 2, 3 -> writer.orDie(() -> writer.read(1 + random.nextInt(4)));
        case 4 -> writer.orDie(() -> writer.keeper.freezeIfDue(random.nextBoolean()));
        case 5 -> writer.orDie(writer::seal);
        case 6 -> writer.keeper = writer.start();
        default -> {
          clock += random.nextInt(3_000);
          writer.orDie(() -> writer.keeper.releaseDue(random.nextBoolean()));
        }
      }
      checkAll();
    }
    for (Writer writer : writers) {
      writer.stepsToLive = Integer.MAX_VALUE;
      do {
        writer.read(Integer.MAX_VALUE / 2);
        writer.keeper.freezeIfDue(true);
        clock += 2_000;
        writer.seal();
      } while (writer.keeper.sealDue() || writer.keeper.nextOffset() < log.end(0));
      check(writer.keeper);
      checkLedger(writer.keeper);
    }
    catalogue.assertChainFrom(0);
    catalogue.newest("topic", 0); // Refreshes.
    catalogue.sweep(0);
    catalogue.assertNothingInvisibleBefore(log.end(0));
    writers.forEach(writer -> check(writer.keeper));
  }

  /** A query may go to any member at any time, also to one that is behind. */
  private void checkAll() {
    writers.forEach(writer -> check(writer.keeper));
  }

  private static SealPolicy policy(int rows) {
    return new SealPolicy(
        rows, 1 << 20, Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofSeconds(1));
  }

  private void produce(Random random) {
    long offset = log.end(0);
    List<LogRecord> partition = log.partitions.get(0);
    if (random.nextInt(6) == 0 && offset > 0) {
      // A client that lost the answer sends the same bytes again.
      LogRecord earlier = partition.get(random.nextInt((int) offset));
      partition.add(
          new LogRecord(
              0,
              offset,
              earlier.tenant(),
              earlier.items(),
              earlier.request(),
              clock,
              earlier.value()));
      return;
    }
    boolean malformed = random.nextInt(12) == 0;
    boolean ownerless = random.nextInt(20) == 0;
    int words = 1 + random.nextInt(3);
    StringBuilder text = new StringBuilder();
    text.append(malformed ? "" : (clock - random.nextInt(3) * DAY) + ":");
    for (int i = 0; i < words; i++) {
      text.append(i == 0 ? "" : ",").append("w").append(offset).append('.').append(i);
    }
    partition.add(
        new LogRecord(
            0,
            offset,
            ownerless ? null : new TenantId(TENANTS.get(random.nextInt(TENANTS.size()))),
            words,
            new RequestDigest(offset, ~offset),
            clock,
            text.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private Held held(View<WordFormat.Words> view) {
    return new Held(Map.of(0, new HeldFrom(log.topicId(), view.heldFrom())), Long.MAX_VALUE);
  }

  /** Head first, then blocks: exactly the rows of the records that were read. */
  private void check(PartitionKeeper<WordFormat.Words> keeper) {
    // A query can come at any moment, also before a writer that is starting has a view.
    if (keeper == null) {
      return;
    }
    View<WordFormat.Words> view = keeper.view();
    List<Row> seen = new ArrayList<>();
    view.segments().forEach(segment -> seen.addAll(segment.all()));
    for (String tenant : TENANTS) {
      List<FoundPart> parts =
          catalogue.find(
              new BlockQuery(
                  new TenantId(tenant), 0, Long.MAX_VALUE, TermExpression.ALL, held(view), false));
      // Or else a query that may leave blocks aside would miss rows.
      assertThat(parts).allMatch(part -> part.endMillis() <= view.storedUntilMillis());
      catalogue
          .fetch(parts, List.of("times", "words"))
          .values()
          .forEach(columns -> seen.addAll(WordFormat.decode(tenant, columns)));
    }
    for (HeldSegment<WordFormat.Words> held : view.held()) {
      assertThat(held.segment().rowsBefore()).isEqualTo(expected(held.firstOffset()).size());
    }
    // The segment takes in a record's rows just before the keeper moves on.
    List<Row> before = expected(keeper.nextOffset());
    List<Row> after = expected(Math.min(log.end(0), keeper.nextOffset() + 1));
    if (seen.size() == before.size()) {
      assertThat(seen).containsExactlyInAnyOrderElementsOf(before);
    } else {
      assertThat(seen).containsExactlyInAnyOrderElementsOf(after);
    }
  }

  private List<Row> expected(long nextOffset) {
    List<Row> rows = new ArrayList<>();
    Set<RequestDigest> known = new HashSet<>();
    for (LogRecord record : log.partitions.get(0).subList(0, (int) nextOffset)) {
      if (record.tenant() != null && known.add(record.request())) {
        String text = new String(record.value(), StandardCharsets.UTF_8);
        int colon = text.indexOf(':');
        if (colon >= 0) {
          long time = Long.parseLong(text.substring(0, colon));
          for (String word : text.substring(colon + 1).split(",")) {
            rows.add(new Row(record.tenant().value(), time, word));
          }
        }
      }
    }
    return rows;
  }

  private void checkLedger(PartitionKeeper<WordFormat.Words> keeper) {
    View<WordFormat.Words> view = keeper.view();
    Map<LedgerKey, LedgerCounts> sum =
        new HashMap<>(catalogue.ledger(0, Long.MAX_VALUE, held(view)));
    new LedgerQuery<WordFormat.Words>()
        .run(new LedgerQuery.Window(0, Long.MAX_VALUE), 0, keeper.snapshot())
        .forEach((key, account) -> sum.merge(key, account.counts(), LedgerCounts::plus));
    LedgerCounts total = sum.values().stream().reduce(LedgerCounts.NONE, LedgerCounts::plus);
    long sent = log.partitions.get(0).stream().mapToLong(LogRecord::items).sum();
    assertThat(total.accepted()).isEqualTo(sent);
    assertThat(total.stored()).isEqualTo(expected(log.end(0)).size());
    assertThat(total.accepted())
        .isEqualTo(total.stored() + total.deadLettered() + total.duplicate());
  }

  /** A record that cannot be decoded. */
  private void produceGarbage() {
    log.partitions
        .get(0)
        .add(
            new LogRecord(
                0,
                0,
                new TenantId("blue"),
                1,
                null,
                clock,
                "garbage".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void aRecordWhoseDeadLetterCannotBeWrittenIsNotPassedOver() {
    produceGarbage();
    Writer writer = new Writer(policy(100), Duration.ZERO, new WordFormat());
    log.deadLettersFail = true;

    assertThatThrownBy(() -> writer.read(1)).hasMessage("the dead letters are away");
    assertThat(writer.keeper.nextOffset()).isZero();

    log.deadLettersFail = false;
    writer.read(1);
    assertThat(writer.keeper.nextOffset()).isEqualTo(1);
    assertThat(log.deadLetters).containsExactly("0/0 no colon in garbage");
  }

  @Test
  void whatABlockDoesNotHoldIsSavedBeforeItAlsoWhereItHasNoRows() {
    produceGarbage();
    WordFormat format = new WordFormat();
    Writer writer = new Writer(policy(100), Duration.ZERO, format);
    writer.read(1);
    assertThat(writer.keeper.freezeIfDue(true)).isTrue();
    BlockId id = new BlockId(log.topicId(), 0, 0);

    format.besides =
        segment -> {
          throw new StoreUnavailableException("away");
        };
    assertThatThrownBy(writer.keeper::sealNext).isInstanceOf(StoreUnavailableException.class);
    assertThat(catalogue.stored(id)).isEmpty();

    List<Long> saved = new ArrayList<>();
    format.besides =
        segment -> {
          assertThat(catalogue.stored(id)).isEmpty();
          saved.add(segment.rows());
        };
    assertThat(writer.keeper.sealNext()).isEqualTo(Sealed.STORED);
    assertThat(saved).containsExactly(0L);
    assertThat(catalogue.stored(id)).isPresent();
  }

  @Test
  void recordsThatTheLogLostAreCountedAndReadingGoesOnBehindThem() {
    Writer writer = new Writer(policy(100), Duration.ZERO, new WordFormat());

    assertThat(writer.keeper.skipTo(40)).isEqualTo(40);
    assertThat(writer.keeper.nextOffset()).isEqualTo(40);
    assertThat(writer.keeper.skipTo(30)).isZero();
    assertThat(writer.keeper.nextOffset()).isEqualTo(40);
  }

  /** Kafka has dropped records that one of two replica groups has read and the other has not. */
  @Test
  void blocksFollowOneAnotherWithoutAGapWhoeverMissedRecordsThatTheLogDropped() {
    Random random = new Random(7);
    for (int i = 0; i < 50; i++) {
      produce(random);
    }
    Writer fast = new Writer(policy(1000), Duration.ZERO, new WordFormat());
    Writer slow = new Writer(policy(1000), Duration.ZERO, new WordFormat());
    fast.read(35);
    slow.read(20);
    log.beginning = 30;
    Writer restarted = new Writer(policy(1000), Duration.ZERO, new WordFormat());
    for (Writer writer : List.of(slow, restarted, fast)) {
      do {
        writer.read(Integer.MAX_VALUE / 2);
        writer.keeper.freezeIfDue(true);
        writer.seal();
      } while (writer.keeper.nextOffset() < 50 || writer.keeper.sealDue());
      assertThat(writer.keeper.nextOffset()).isEqualTo(50);
    }
    catalogue.assertChainFrom(0);
  }

  @Test
  void anAnswerNeverClaimsToBeFresherThanItsRows() {
    Random random = new Random(3);
    Writer ahead = new Writer(policy(1000), Duration.ZERO, new WordFormat());
    Writer behind = new Writer(policy(1000), Duration.ZERO, new WordFormat());
    for (int i = 0; i < 20; i++) {
      clock += 1_000;
      produce(random);
    }
    long tenth = log.partitions.get(0).get(9).receivedMillis();
    ahead.read(10);
    ahead.keeper.freezeIfDue(true);
    ahead.seal();
    behind.read(20);
    behind.keeper.looked(0, clock);
    assertThat(behind.keeper.snapshot().freshness()).isEqualTo(new Freshness(0, 20, 20, clock));

    behind.keeper.freezeIfDue(true);
    assertThat(behind.keeper.sealNext()).isEqualTo(Sealed.OVERTAKEN);
    assertThat(behind.keeper.snapshot().freshness().nextOffset()).isEqualTo(20);
    behind.keeper.recover(0);

    assertThat(behind.keeper.snapshot().freshness()).isEqualTo(new Freshness(0, 10, -1, tenth));
  }

  @Test
  void aWriterThatWentOnToSomethingElseGoesOnFromWhatWasStored() {
    Random random = new Random(5);
    for (int i = 0; i < 8; i++) {
      produce(random);
    }
    Writer first = new Writer(policy(1000), Duration.ZERO, new WordFormat());
    first.read(8);
    first.keeper.freezeIfDue(true);
    BlockId id = new BlockId(log.topicId(), 0, 0);
    byte[] carry = ByteBuffer.allocate(Long.BYTES).putLong(77).array();
    var _ =
        catalogue.createManifest(new Manifest(id, 7, "x", 0, 0, Map.of(), List.of(), carry, clock));

    assertThat(first.keeper.sealNext()).isEqualTo(Sealed.OVERTAKEN);
    first.keeper.recover(0);
    assertThat(first.keeper.nextOffset()).isEqualTo(8);
    produce(random);
    first.read(1);
    assertThat(first.keeper.view().segments().getLast().rowsBefore()).isEqualTo(77);
  }

  @Test
  void aGroupThatFindsTheBlockOfAnotherStoresNothingItself() {
    Random random = new Random(5);
    for (int i = 0; i < 8; i++) {
      produce(random);
    }
    Writer first = new Writer(policy(1000), Duration.ZERO, new WordFormat());
    Writer second = new Writer(policy(1000), Duration.ofSeconds(5), new WordFormat());
    for (Writer writer : List.of(first, second)) {
      writer.read(8);
      clock += Duration.ofMinutes(6).toMillis();
      assertThat(writer.keeper.freezeIfDue(false)).isTrue();
    }
    assertThat(second.keeper.sealNext()).isEqualTo(Sealed.NOTHING);
    assertThat(first.keeper.sealNext()).isEqualTo(Sealed.STORED);
    int stored = catalogue.storedTimes();

    clock += 5_000;
    assertThat(second.keeper.sealNext()).isEqualTo(Sealed.STORED);
    assertThat(catalogue.storedTimes()).isEqualTo(stored);
    second.keeper.releaseDue(true);
    check(second.keeper);
  }
}
