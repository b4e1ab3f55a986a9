package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.WordFormat.Words;
import io.aom.telemetry.TenantId;
import io.aom.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** How often the log is looked at. */
class ReadingTest {
  private static final int RECORDS = 50;

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
    WordFormat format = new WordFormat();
    Reading<Words> reading =
        new Reading<>(
            format,
            new BlockStoreSettings(
                "none",
                "none",
                Membership.ALONE,
                new SealPolicy(
                    RECORDS + 1,
                    1 << 20,
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(5),
                    Duration.ZERO),
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
            Duration.ofHours(1));
    reading.start();
    Await.until(
        "read to the end",
        () ->
            reading.topic().freshness().stream()
                .anyMatch(of -> of.nextOffset() == RECORDS && of.lag() == 0));
    reading.stop();

    assertThat(log.polls).isEqualTo(RECORDS);
  }
}
