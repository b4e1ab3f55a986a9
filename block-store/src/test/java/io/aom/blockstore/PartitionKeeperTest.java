package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.PartitionKeeper.Sealed;
import io.aom.telemetry.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a keeper was told of records holds as long as it has them. */
class PartitionKeeperTest {
  private static final int RECORDS = 3;

  private final MemoryLog log = new MemoryLog(1);
  private final MemoryCatalogue catalogue = new MemoryCatalogue();
  private final PartitionKeeper<WordFormat.Words> keeper =
      new PartitionKeeper<>(
          new WordFormat(),
          new SealPolicy(
              1_000, 1 << 20, Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ZERO),
          Duration.ZERO,
          catalogue,
          InstantSource.system(),
          Step.Listener.NONE,
          log.topicId(),
          0);

  private void readAndFreeze() {
    for (long offset = keeper.nextOffset(); offset < RECORDS; offset++) {
      byte[] value = (offset + ":word").getBytes(StandardCharsets.UTF_8);
      keeper.accept(new LogRecord(0, offset, new TenantId("blue"), 1, null, offset, value), log);
    }
    keeper.freezeIfDue(true);
  }

  @Test
  void recordsThatAreReadOnceMoreAreNotSureToBeOfTheTopic() {
    readAndFreeze();
    keeper.sureTo(RECORDS);
    catalogue.createManifest(
        new Manifest(
            new BlockId(log.topicId(), 0, 0),
            0,
            "of another",
            0,
            1,
            Map.of(),
            List.of(),
            HeadSegment.NO_CARRY,
            0));
    assertThat(keeper.sealNext()).isEqualTo(Sealed.OVERTAKEN);
    keeper.recover(0);
    readAndFreeze();

    assertThat(keeper.waitsToBeSure()).isTrue();
    assertThat(keeper.sealNext()).isEqualTo(Sealed.NOTHING);
    keeper.sureTo(RECORDS);
    assertThat(keeper.sealNext()).isEqualTo(Sealed.STORED);
  }
}
