package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.WordFormat.Words;
import io.aom.telemetry.TenantId;
import io.aom.testkit.Await;
import io.aom.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** How often the log is looked at, and what goes on while its records cannot be taken in. */
class ReadingTest {
  private static final int RECORDS = 50;
  private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

  private final ManualClock clock = ManualClock.at(Instant.EPOCH);
  private final MemoryCatalogue catalogue = new MemoryCatalogue();
  private final Troubles troubles = new Troubles("words");
  private Step.Listener steps = Step.Listener.NONE;

  private Reading<Words> reading(MemoryLog log, int maxRows, Duration look) {
    return reading(log, maxRows, look, 64 << 20);
  }

  private Reading<Words> reading(MemoryLog log, int maxRows, Duration look, long budgetBytes) {
    WordFormat format = new WordFormat();
    return new Reading<>(
        format,
        new BlockStoreSettings(
            "none",
            "none",
            Membership.ALONE,
            new SealPolicy(
                maxRows, 1 << 20, Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ZERO),
            MergeSettings.OFF,
            Retention.ofAll(Duration.ofDays(30)),
            budgetBytes,
            1 << 20),
        catalogue,
        () -> log,
        clock,
        steps,
        troubles,
        () -> {},
        look);
  }

  /** Who is behind reads without a rest; at the end it is enough to look now and then. */
  @Test
  void aLookTakesItsTimeOnlyWhereItBringsTheEnd() throws InterruptedException {
    MemoryLog log = new MemoryLog(1);
    for (int offset = 0; offset < RECORDS; offset++) {
      byte[] value = (offset + ":word").getBytes(StandardCharsets.UTF_8);
      log.partitions
          .getFirst()
          .add(new LogRecord(0, offset, new TenantId("blue"), 1, null, offset, value));
    }
    log.mostPolled = 1;
    Reading<Words> reading = reading(log, RECORDS + 1, Duration.ofHours(1));
    reading.start();
    Await.until(
        "read to the end",
        () ->
            reading.topic().freshness().stream()
                .anyMatch(of -> of.nextOffset() == RECORDS && of.lag() == 0));
    reading.stop();

    assertThat(log.polls).hasValue(RECORDS);
  }

  /** A dead letter that cannot be written holds up its own partition alone. */
  @Test
  void aRecordThatCannotBeTakenInKeepsNoOtherPartitionFromBeingStored()
      throws InterruptedException {
    MemoryLog log = new MemoryLog(2);
    byte[] value = "1:word".getBytes(StandardCharsets.UTF_8);
    log.partitions.get(0).add(new LogRecord(0, 0, new TenantId("blue"), 1, null, 1, value));
    log.partitions.get(1).add(new LogRecord(1, 0, null, 1, null, 1, value));
    log.deadLettersFail = true;
    Reading<Words> reading = reading(log, 1, Reading.LOOK);
    reading.start();

    Await.until(
        "is to be stored", () -> reading.keepers().stream().anyMatch(PartitionKeeper::sealDue));
    assertThat(reading.running()).isFalse();
    reading.stop();
  }

  private static LogRecord record(int partition, int offset) {
    byte[] value = "1:word".getBytes(StandardCharsets.UTF_8);
    return new LogRecord(partition, offset, new TenantId("blue"), 1, null, 1, value);
  }

  /** The first of its partition says nobody's name, and cannot be written to the dead letters. */
  private static MemoryLog failing(int partition) {
    MemoryLog log = new MemoryLog(2);
    log.partitions.get(partition).add(new LogRecord(partition, 0, null, 1, null, 1, new byte[0]));
    log.deadLettersFail = true;
    return log;
  }

  private static PartitionKeeper<Words> keeper(Reading<Words> reading, int partition) {
    return reading.keepers().stream()
        .filter(keeper -> keeper.partition() == partition)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aRecordThatCannotBeTakenInKeepsNoOtherPartitionFromBeingReadAndFrozenByAge()
      throws InterruptedException {
    MemoryLog log = failing(0);
    log.partitions.get(0).add(record(0, 1));
    log.partitions.get(1).add(record(1, 0));
    Reading<Words> reading = reading(log, RECORDS, Reading.LOOK);
    reading.start();

    Await.until("fails again and again", () -> reading.failures() > 1);
    PartitionKeeper<Words> other = keeper(reading, 1);
    assertThat(other.freshness())
        .matches(freshness -> freshness.nextOffset() == 1 && freshness.lag() == 0);
    assertThat(keeper(reading, 0).freshness())
        .as("still to be read")
        .matches(freshness -> freshness.nextOffset() == 0 && freshness.lag() == 2);
    assertThat(other.sealDue()).isFalse();
    clock.advance(Duration.ofMinutes(5));
    Await.until("is to be stored", other::sealDue);
    assertThat(reading.running()).isFalse();
    reading.stop();
  }

  @Test
  void headsStayWithinTheirBudgetAlsoWhileARecordCannotBeTakenIn() throws InterruptedException {
    MemoryLog log = failing(1);
    log.mostPolled = 1;
    for (int offset = 0; offset < RECORDS; offset++) {
      log.partitions.get(0).add(record(0, offset));
    }
    Reading<Words> reading = reading(log, RECORDS, Reading.LOOK, 1);
    reading.start();

    Await.until("waits for room", reading::paused);
    awaitPolls(log, 3);
    assertThat(reading.failures()).isEqualTo(1);
    assertThat(keeper(reading, 0).nextOffset()).isEqualTo(1);
    assertThat(reading.running()).as("nothing is cured").isFalse();
    assertThat(troubles.current()).isEqualTo("reading: the dead letters are away");
    reading.stop();
  }

  /** Those before the last have ended. */
  private static void awaitPolls(MemoryLog log, int more) {
    int before = log.polls.get();
    Await.until("looks at the log", () -> log.polls.get() >= before + more);
  }

  @Test
  void aRecordThatCannotBeTakenInFailsUntilItsPartitionHasGoneOn() throws InterruptedException {
    MemoryLog log = failing(0);
    Reading<Words> reading = reading(log, RECORDS, Reading.LOOK);
    reading.start();

    Await.until("fails again and again", () -> reading.failures() > 1);
    assertThat(reading.running()).isFalse();
    log.deadLettersFail = false;
    Await.until("goes on", reading::running);
    assertThat(troubles.current()).isNull();
    reading.stop();
  }

  @Test
  void whoWaitsForAnotherPartitionIsToldAlsoWhileARecordCannotBeTakenIn()
      throws InterruptedException {
    MemoryLog log = failing(1);
    log.partitions.get(0).add(record(0, 0));
    CountDownLatch read = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    steps =
        (step, partition) -> {
          if (step == Step.READ && partition == 0) {
            read.countDown();
            awaitOpen(goesOn);
          }
        };
    Reading<Words> reading = reading(log, RECORDS, Reading.LOOK);
    reading.start();
    awaitOpen(read);
    Thread waiting =
        Thread.ofPlatform().daemon().start(() -> reading.await(Map.of(0, 1L), HOUR_MILLIS));
    Await.until("waits", () -> waiting.getState() == Thread.State.TIMED_WAITING);
    goesOn.countDown();

    Await.until("is told", () -> !waiting.isAlive());
    assertThat(reading.running()).isFalse();
    reading.stop();
  }

  private static void awaitOpen(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aLogThatHasLostAcknowledgedRecordsKeepsNoOtherPartitionFromBeingReadOnAndFrozenByAge()
      throws InterruptedException {
    MemoryLog log = new MemoryLog(2);
    log.partitions.get(0).add(record(0, 0));
    Reading<Words> reading = reading(log, RECORDS, Reading.LOOK);
    reading.start();
    PartitionKeeper<Words> kept = awaitKeeper(reading, 0);
    Await.until("read", () -> kept.nextOffset() == 1);
    log.beginning = 1; // The second begins behind where it is read; the first does not.
    log.gone = Set.of(0, 1);

    Await.until("fails again and again", () -> reading.failures() > 1);
    assertThat(reading.lostOffsets()).isEqualTo(1);
    assertThat(keeper(reading, 1).nextOffset()).isEqualTo(1);
    assertThat(kept.sealDue()).isFalse();
    clock.advance(Duration.ofMinutes(5));
    Await.until("is to be stored", kept::sealDue);
    assertThat(reading.running()).isFalse();
    reading.stop();
  }

  private static PartitionKeeper<Words> awaitKeeper(Reading<Words> reading, int partition) {
    Await.until("reading", reading::running);
    return keeper(reading, partition);
  }

  /** Two are to go on behind another writer's block, and it is not known where of the first. */
  @Test
  void whoCannotGoOnBehindAnotherWriterKeepsNoOtherFromThatAndHeadsWithinTheirBudget()
      throws InterruptedException {
    MemoryLog log = new MemoryLog(2);
    log.partitions.get(0).add(record(0, 0));
    log.partitions.get(1).add(record(1, 0));
    Reading<Words> reading = reading(log, 1, Reading.LOOK, 150); // One record is 100.
    reading.start();
    Await.until("waits for room", reading::paused);
    List<PartitionKeeper<Words>> turns = List.copyOf(reading.keepers());
    for (PartitionKeeper<Words> keeper : turns) {
      Await.until("is to be stored", keeper::sealDue);
      BlockId id = new BlockId("topic", keeper.partition(), 0);
      catalogue.createManifest(
          new Manifest(id, 0, "layout", 0, 1, Map.of(), List.of(), new byte[Long.BYTES], 1));
    }
    catalogue.newestFails = turns.getFirst().partition();
    for (PartitionKeeper<Words> keeper : turns) {
      assertThat(keeper.sealNext()).isEqualTo(PartitionKeeper.Sealed.OVERTAKEN);
    }

    Await.until("the other goes on", () -> !turns.getLast().overtaken());
    Await.until("has room", () -> !reading.paused());
    assertThat(reading.running()).isFalse();
    catalogue.newestFails = -1;
    Await.until("all go on", reading::running);
    assertThat(turns.getFirst().overtaken()).isFalse();
    reading.stop();
  }
}
