package io.aom.logs.block;

import static io.aom.logs.LogFixtures.OTHER;
import static io.aom.logs.LogFixtures.START;
import static io.aom.logs.LogFixtures.TENANT;
import static io.aom.logs.LogFixtures.line;
import static io.aom.logs.LogFixtures.record;
import static io.aom.logs.LogFixtures.request;
import static io.aom.logs.LogFixtures.resourceLogs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.aom.blockstore.BlockPart;
import io.aom.logs.LogFixtures;
import io.aom.logs.head.HeadRows;
import io.aom.logs.head.LogSegment;
import io.aom.logs.row.LogRow;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LogBlockFormatTest {
  private static final long DAY = 86_400_000;
  private final LogBlockFormat format = new LogBlockFormat();

  private static LogSegment any(long seed) throws Exception {
    Random random = new Random(seed);
    LogSegment segment = new LogSegment(2);
    for (int i = 0; i < 8; i++) {
      segment.append(
          record(
              random.nextInt(3) == 0 ? OTHER : TENANT,
              10 + i,
              LogFixtures.anyRequest(random, 12, 3 * DAY)));
    }
    return segment;
  }

  private static String shown(LogRow row) {
    return row.position()
        + " "
        + row.observedNanos()
        + " "
        + row.severityNumber()
        + " "
        + row.severityText()
        + " "
        + row.body()
        + " "
        + row.resourceValues()
        + " "
        + row.scopeValues()
        + " "
        + row.attributeValues()
        + " "
        + row.traceId()
        + " "
        + row.spanId()
        + " "
        + row.flags();
  }

  @Property(tries = 100)
  void everyRowComesBackAsItWas(@ForAll long seed) throws Exception {
    LogSegment segment = any(seed);
    HeadRows rows = segment.snapshot();
    List<String> expected = new ArrayList<>();
    for (int batch = 0; batch < rows.batches(); batch++) {
      for (int row = rows.batchStart(batch); row < rows.batchEnd(batch); row++) {
        rows.moveTo(row);
        expected.add(rows.batchTenant(batch) + " " + shown(LogRow.of(rows, 2)));
      }
    }

    List<String> actual = new ArrayList<>();
    for (BlockPart part : format.seal(segment)) {
      assertThat(part.columns().keySet()).containsExactlyElementsOf(format.columns());
      LogPart decoded = new LogPart(part.rows(), part.columns());
      Map<String, Long> counted = new HashMap<>();
      for (int row = 0; row < part.rows(); row++) {
        decoded.moveTo(row);
        long millis = decoded.timeNanos() / 1_000_000;
        assertThat(millis).isBetween(part.startMillis(), part.endMillis());
        counted.merge(
            millis / 60_000 * 60_000
                + " "
                + io.aom.logs.row.Severity.ofNumber(decoded.severityNumber()),
            1L,
            Long::sum);
        actual.add(part.tenant() + " " + shown(LogRow.of(decoded, 2)));
      }
      Map<String, Long> stats = new HashMap<>();
      decoded.stats((minute, severity, count) -> stats.put(minute + " " + severity, (long) count));
      assertThat(stats).isEqualTo(counted);
    }
    assertThat(actual).containsExactlyInAnyOrderElementsOf(expected);
  }

  /** A replay after a crash must write the same documents. */
  @Property(tries = 30)
  void sealingTwiceGivesTheSameBytesAndTerms(@ForAll long seed) throws Exception {
    List<BlockPart> first = format.seal(any(seed));
    List<BlockPart> second = format.seal(any(seed));

    assertThat(second).hasSameSizeAs(first);
    for (int i = 0; i < first.size(); i++) {
      assertThat(second.get(i).terms()).isEqualTo(first.get(i).terms());
      assertThat(new HashSet<>(second.get(i).terms())).hasSameSizeAs(second.get(i).terms());
      for (String column : format.columns()) {
        assertThat(second.get(i).columns().get(column))
            .isEqualTo(first.get(i).columns().get(column));
      }
    }
  }

  /** A checksum that is right does not make the rest so. */
  @Test
  void aColumnThatClaimsToBeLargerThanItIsIsCorrupt() {
    byte[] frame = Zstd.compress(new byte[1000]);
    for (int claimed : new int[] {999, 1001, 1 << 20, ColumnReader.MAX_CONTENT_BYTES}) {
      byte[] column = envelope(claimed, frame);

      assertThatThrownBy(() -> ColumnReader.open("time", column))
          .isInstanceOf(CorruptColumnException.class)
          .hasMessageContaining("for 1000 (expected: " + claimed + ")");
    }
  }

  @Test
  void aPartOfMoreRowsThanItsColumnsHaveIsCorrupt() {
    byte[] frame = Zstd.compress(new byte[] {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x7F, 1, 0});
    LogPart part =
        new LogPart((1 << 28) - 1, Map.of(LogPart.TIME, envelope(6, frame))); // 2 GB of times

    assertThatThrownBy(part::timeNanos)
        .isInstanceOf(CorruptColumnException.class)
        .hasMessageContaining("count 268435455 (expected: as many as there are bytes for)");
  }

  private static byte[] envelope(int claimed, byte[] frame) {
    ByteBuffer column =
        ByteBuffer.allocate(ColumnWriter.HEADER_BYTES + frame.length + ColumnWriter.CHECKSUM_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    column.put((byte) ColumnWriter.VERSION).put((byte) ColumnWriter.CODEC_ZSTD).putInt(claimed);
    column.put(frame);
    CRC32C checksum = new CRC32C();
    checksum.update(column.array(), 0, column.position());
    return column.putInt((int) checksum.getValue()).array();
  }

  @Test
  void largeServicesHavePartsOfTheirOwnAndSmallOnesShare() throws Exception {
    LogSegment segment = new LogSegment(0);
    for (int i = 0; i < 100; i++) {
      LogRecord[] lines = new LogRecord[100];
      for (int j = 0; j < lines.length; j++) {
        lines[j] = line(START + i * 100 + j, "x");
      }
      segment.append(
          record(
              TENANT,
              i,
              request(
                  resourceLogs("large", lines),
                  resourceLogs("small" + i % 3, line(START + i, "y")))));
    }

    List<BlockPart> parts = format.seal(segment);

    assertThat(parts).extracting(BlockPart::rows).containsExactly(8192, 10_000 - 8192, 100);
    assertThat(parts.get(0).endMillis()).isLessThanOrEqualTo(parts.get(1).startMillis());
    assertThat(parts.get(0).terms())
        .contains("x", "service.name=large", "severity=info")
        .doesNotContain("y");
    assertThat(parts.get(2).terms()).contains("y", "service.name=small0", "service.name=small2");
  }

  @Test
  void columnsWithHugeRowsAreCutIntoMoreParts() throws Exception {
    LogSegment segment = new LogSegment(0);
    for (int i = 0; i < 20; i++) {
      segment.append(
          record(TENANT, i, request(resourceLogs("s", line(START + i, "x".repeat(1 << 20))))));
    }

    assertThat(format.seal(segment)).hasSizeGreaterThan(2).allMatch(part -> part.rows() <= 8);
  }

  @Test
  void resourcesCountToTheSizeOfAPartOnce() throws Exception {
    LogSegment segment = new LogSegment(0);
    for (int i = 0; i < 200; i++) {
      String service = i % 100 + "x".repeat(100_000);
      segment.append(record(TENANT, i, request(resourceLogs(service, line(START + i, "y")))));
    }

    // 10 MB of resources; counted for each row they would be 20.
    assertThat(format.seal(segment)).extracting(BlockPart::rows).containsExactly(83, 83, 34);
  }

  /** A flipped bit anywhere is noticed; nothing is answered from it. */
  @Property(tries = 50)
  void aFlippedBitIsNoticed(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    List<BlockPart> parts = format.seal(any(seed));
    parts.sort(Comparator.comparing(BlockPart::rows).reversed());
    for (BlockPart part : parts) {
      String column = format.columns().get(random.nextInt(format.columns().size()));
      byte[] broken = part.columns().get(column).clone();
      broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));

      assertThatThrownBy(() -> ColumnReader.open(column, broken))
          .isInstanceOf(CorruptColumnException.class)
          .hasMessageContaining(column);
    }
  }
}
