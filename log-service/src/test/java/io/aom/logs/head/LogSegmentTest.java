package io.aom.logs.head;

import static io.aom.logs.LogFixtures.START;
import static io.aom.logs.LogFixtures.TENANT;
import static io.aom.logs.LogFixtures.line;
import static io.aom.logs.LogFixtures.record;
import static io.aom.logs.LogFixtures.request;
import static io.aom.logs.LogFixtures.resourceLogs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.MalformedRecordException;
import io.aom.logs.LogFixtures;
import io.aom.logs.row.ByteSlice;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LogSegmentTest {
  private final LogSegment segment = new LogSegment(0);

  @Test
  void timeIsWhenItHappenedElseObservedElseReceived() throws Exception {
    LogRecord happened =
        LogRecord.newBuilder().setTimeUnixNano(5).setObservedTimeUnixNano(7).build();
    LogRecord observed = LogRecord.newBuilder().setObservedTimeUnixNano(7).build();
    LogRecord neither = LogRecord.newBuilder().build();
    LogRecord beyondSigned = LogRecord.newBuilder().setTimeUnixNano(-1).build();
    segment.append(
        record(TENANT, 3, request(resourceLogs("s", happened, observed, neither, beyondSigned))));

    HeadRows rows = segment.snapshot();

    assertThat(rows.timeNanos(0)).isEqualTo(5);
    assertThat(rows.timeNanos(1)).isEqualTo(7);
    assertThat(rows.timeNanos(2)).isEqualTo(START * 1_000_000);
    assertThat(rows.timeNanos(3)).isEqualTo(START * 1_000_000);
  }

  @Test
  void aResourceThatFollowsItsRecordsOnTheWireCounts() throws Exception {
    byte[] usual = request(resourceLogs("cart", line(START, "x")));
    byte[] inner = resourceLogs("cart", line(START, "x")).toByteArray();
    int resourceEnd = 2 + inner[1];
    byte[] swapped = new byte[usual.length];
    System.arraycopy(usual, 0, swapped, 0, usual.length - inner.length);
    int at = usual.length - inner.length;
    System.arraycopy(inner, resourceEnd, swapped, at, inner.length - resourceEnd);
    System.arraycopy(inner, 0, swapped, at + inner.length - resourceEnd, resourceEnd);
    segment.append(record(TENANT, 0, swapped));

    HeadRows rows = segment.snapshot();
    rows.moveTo(0);

    assertThat(rows.resource().service()).isEqualTo("cart");
  }

  /** Any bytes: taken whole, or refused and nothing of them is there. */
  @Property
  void brokenRecordsLeaveTheSegmentAsItWas(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    LogSegment one = new LogSegment(0);
    byte[] good = LogFixtures.anyRequest(random, 5, 1000);
    one.append(record(TENANT, 0, good));
    long rows = one.rows();
    long size = one.sizeBytes();
    byte[] broken = LogFixtures.anyRequest(random, 5, 1000);
    if (broken.length > 0) {
      broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
      broken = Arrays.copyOf(broken, random.nextInt(broken.length + 1));
    }
    try {
      int taken = one.append(record(TENANT, 1, broken));
      assertThat(one.rows()).isEqualTo(rows + taken);
    } catch (MalformedRecordException e) {
      assertThat(e).hasMessageStartingWith("ExportLogsServiceRequest: byte ");
      assertThat(one.rows()).isEqualTo(rows);
      assertThat(one.sizeBytes()).isEqualTo(size);
    }
    assertThat(one.append(record(TENANT, 2, good))).isEqualTo((int) rows);
    new io.aom.logs.block.LogBlockFormat().seal(one);
  }

  @Test
  void valuesNestedWithoutEndAreRefused() {
    AnyValue value = LogFixtures.text("x");
    for (int i = 0; i < 98; i++) {
      value = AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder().addValues(value)).build();
    }
    AnyValue deep =
        AnyValue.newBuilder()
            .setArrayValue(
                ArrayValue.newBuilder()
                    .addValues(
                        AnyValue.newBuilder()
                            .setArrayValue(
                                ArrayValue.newBuilder()
                                    .addValues(
                                        AnyValue.newBuilder()
                                            .setArrayValue(
                                                ArrayValue.newBuilder().addValues(value))))))
            .build();
    byte[] bytes = request(resourceLogs("s", LogRecord.newBuilder().setBody(deep).build()));

    assertThatThrownBy(() -> segment.append(record(TENANT, 0, bytes)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining("nesting of values");
  }

  @Test
  void readersSeeRecordsWholeWhileOneAppends() throws Exception {
    int linesEach = 7;
    LogRecord[] lines = new LogRecord[linesEach];
    Arrays.setAll(lines, i -> line(START + i, "line " + i));
    byte[] value = request(resourceLogs("s", lines));
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    ByteSlice text = new ByteSlice();
                    long seen = 0;
                    while (seen < 2_000L * linesEach) {
                      HeadRows rows = segment.snapshot();
                      assertThat(rows.rows() % linesEach).isZero();
                      assertThat(rows.rows()).isGreaterThanOrEqualTo((int) seen);
                      for (int row = (int) seen; row < rows.rows(); row++) {
                        rows.moveTo(row);
                        rows.body(text);
                        assertThat(text.toString()).isEqualTo("line " + row % linesEach);
                        assertThat(rows.offset()).isEqualTo(row / linesEach);
                      }
                      seen = rows.rows();
                    }
                  } catch (Throwable e) {
                    failure.set(e);
                  }
                });

    for (int i = 0; i < 2_000; i++) {
      segment.append(new HeadRecord(TENANT, value, linesEach, START, i));
    }
    reader.join(60_000);

    assertThat(failure.get()).isNull();
    assertThat(reader.isAlive()).isFalse();
  }
}
