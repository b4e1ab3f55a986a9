package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.WordFormat.Words;
import io.aom.telemetry.TenantId;
import io.aom.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** How often the log is looked at, and what goes on while its records cannot be taken in. */
class ReadingTest {
  private static final int RECORDS = 50;

  private static Reading<Words> reading(MemoryLog log, int maxRows, Duration look) {
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
            64 << 20,
            1 << 20),
        new MemoryCatalogue(),
        () -> log,
        InstantSource.system(),
        Step.Listener.NONE,
        new Troubles(format.signal()),
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

    assertThat(log.polls).isEqualTo(RECORDS);
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
}
