package io.aom.topology.head;

import static io.aom.topology.SpanFixture.TENANT;
import static io.aom.topology.SpanFixture.record;
import static io.aom.topology.SpanFixture.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.MalformedRecordException;
import io.aom.topology.span.SpanTable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SpanSegmentTest {
  private final SpanSegment segment = new SpanSegment();

  @Test
  void takesInARecordAndGrows() throws Exception {
    long empty = segment.sizeBytes();

    assertThat(segment.append(record(0, server("a", 1, 1), server("b", 1, 2)))).isEqualTo(2);

    assertThat(segment.rows()).isEqualTo(2);
    assertThat(segment.sizeBytes()).isGreaterThan(empty + 100);
  }

  @Test
  void aMalformedRecordIsSaidToBeOne() {
    HeadRecord malformed = new HeadRecord(TENANT, new byte[] {1, 2, 3}, 1, 0, 0);

    assertThatThrownBy(() -> segment.append(malformed))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageStartingWith("spans: ");
    assertThat(segment.rows()).isZero();
  }

  @Test
  void readersSeeWholeRecordsWhileTheWriterAppends() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Integer> reader =
        CompletableFuture.supplyAsync(
            () -> {
              int looks = 0;
              boolean last;
              do {
                last = done.get();
                SpanTable table = segment.table();
                assertThat(table.size() % 3).isZero();
                for (int row = 0; row < table.size(); row++) {
                  assertThat(table.traceLow(row)).isEqualTo(1 + row / 3);
                  assertThat(table.serviceName(table.service(row)).name())
                      .isEqualTo("s" + (1 + row / 3) % 50);
                }
                looks++;
              } while (!last);
              return looks;
            });
    for (int i = 1; i <= 3000; i++) {
      String service = "s" + i % 50;
      segment.append(
          record(i, server(service, i, 1), server(service, i, 2), server(service, i, 3)));
    }
    done.set(true);

    assertThat(reader.get()).isPositive();
    assertThat(segment.rows()).isEqualTo(9000);
  }
}
