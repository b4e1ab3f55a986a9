package io.aom.metrics.head;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.MalformedRecordException;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.block.MetricsBlockFormat;
import io.aom.metrics.overflow.FoldProperties;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.TenantId;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What taking samples into a head allocates, counted by the virtual machine. */
class AppendAllocationTest {
  private static final int SERIES = 300;
  private static final int ROUNDS = 240;

  private static List<HeadRecord> records() {
    Random random = new Random(7);
    double[] values = new double[SERIES];
    List<HeadRecord> records = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      RemoteWrite request = new RemoteWrite();
      for (int i = 0; i < SERIES; i++) {
        Labels labels =
            Labels.of(
                "__name__", "requests_total", "instance", "i" + i, "job", "api", "path", "/a/b");
        values[i] += random.nextInt(100) / 4.0;
        request.series(labels, round * 15_000 + random.nextInt(20), values[i]);
      }
      records.add(
          new HeadRecord(
              new TenantId("acme"), request.toByteArray(), request.items(), 0, records.size()));
    }
    return records;
  }

  /** Also where labels have budgets: what a segment knows does not come near them. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1_000})
  void aSampleOfAKnownSeriesTakesLessThanTwentyBytes(int budget) throws MalformedRecordException {
    List<HeadRecord> records = records();
    MetricsSegment segment =
        new MetricsBlockFormat(
                List.of(), new FoldProperties(budget, Map.of(), Duration.ofHours(6), List.of()))
            .newSegment(0);
    for (HeadRecord record : records.subList(0, 2)) {
      segment.append(record);
    }
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    long before = thread.getCurrentThreadAllocatedBytes();
    for (HeadRecord record : records.subList(2, ROUNDS)) {
      segment.append(record);
    }
    long allocated = thread.getCurrentThreadAllocatedBytes() - before;

    assertThat(allocated / (double) ((ROUNDS - 2) * SERIES)).isLessThan(20);
  }
}
