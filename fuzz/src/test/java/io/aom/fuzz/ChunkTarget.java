package io.aom.fuzz;

import io.aom.metrics.chunk.CorruptChunkException;
import io.aom.metrics.chunk.ExemplarsColumn;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.chunk.OpenChunk;
import io.aom.metrics.chunk.SamplesColumn;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * By the first byte: the rest is a column of a block, with its checksum made right, and reads as
 * some data or is found corrupt; or the rest is samples, which come back to the bit.
 */
final class ChunkTarget implements Target {
  /** Each series may be 65,536 samples of some bits; that many of them are decoded. */
  private static final int DECODED = 8;

  @Override
  public List<byte[]> seeds() {
    SampleColumns regular = new SampleColumns();
    SampleColumns odd = new SampleColumns();
    for (int i = 0; i < 40; i++) {
      regular.append(1_790_000_000_000L + i * 15_000L, i * 0.5);
      odd.append(i * i * 977L, i % 7 == 0 ? Double.NaN : Math.sqrt(i), i);
    }
    List<Labels> labels =
        List.of(Labels.of("__name__", "up", "job", "a"), Labels.of("__name__", "up", "job", "b"));
    byte[] samples = {3, 0, 1, 2, 3, 4, 5, 6, 7, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 1, 0};
    return List.of(
        input(0, SamplesColumn.encode(List.of(regular, odd))),
        input(0, SamplesColumn.encode(List.of(regular, regular))),
        input(1, LabelsColumn.encode(labels)),
        input(
            2,
            ExemplarsColumn.encode(
                List.of(List.of(new Exemplar(labels.getFirst(), 5, 1.5)), List.of()))),
        samples);
  }

  private static byte[] input(int kind, byte[] column) {
    byte[] input = new byte[column.length - 3];
    input[0] = (byte) kind;
    System.arraycopy(column, 0, input, 1, column.length - 4);
    return input;
  }

  /** Some bytes may stand for 65,536 samples, of which some copies are made. */
  @Override
  public long mostAllocated() {
    return 512 << 20;
  }

  @Override
  public void check(byte[] input) {
    if (input.length == 0) {
      return;
    }
    if ((input[0] & 3) == 3) {
      roundTrip(ByteBuffer.wrap(input, 1, input.length - 1));
      return;
    }
    byte[] column = Columns.withChecksum(Arrays.copyOfRange(input, 1, input.length));
    try {
      switch (input[0] & 3) {
        case 0 -> samples(SamplesColumn.open(column));
        case 1 -> labels(LabelsColumn.decode(column));
        default -> ExemplarsColumn.decode(column);
      }
    } catch (CorruptChunkException e) {
      if (e.getMessage().isBlank()) {
        throw new AssertionError("corrupt without a reason", e);
      }
    }
  }

  private static void samples(SamplesColumn column) {
    for (int i = 0; i < Math.min(column.size(), DECODED); i++) {
      SampleColumns samples = column.decode(i);
      SampleColumns again = SamplesColumn.open(SamplesColumn.encode(List.of(samples))).decode(0);
      same(samples, again);
    }
  }

  private static void labels(List<Labels> labels) {
    if (!LabelsColumn.decode(LabelsColumn.encode(labels)).equals(labels)) {
      throw new AssertionError("other labels: " + labels);
    }
  }

  private static void roundTrip(ByteBuffer input) {
    SampleColumns samples = new SampleColumns();
    OpenChunk open = new OpenChunk();
    long time = 0;
    while (input.remaining() >= 10) {
      // Steps of one to many days, most of them short.
      time += 1 + ((input.get() & 0xFFL) << (input.get() & 31));
      long bits = input.getLong();
      samples.append(time, Double.longBitsToDouble(bits));
      open.append(time, bits);
    }
    if (samples.isEmpty()) {
      return;
    }
    same(samples, open.view().decode(Long.MIN_VALUE, Long.MAX_VALUE));
    same(samples, SamplesColumn.open(SamplesColumn.encode(List.of(samples))).decode(0));
  }

  private static void same(SampleColumns expected, SampleColumns found) {
    List<String> first = text(expected);
    if (!first.equals(text(found))) {
      throw new AssertionError("found: " + text(found) + " (expected: " + first + ")");
    }
  }

  private static List<String> text(SampleColumns samples) {
    List<String> text = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      text.add(
          samples.time(i)
              + " "
              + Arrays.toString(samples.histogram(i))
              + Long.toHexString(Double.doubleToRawLongBits(samples.value(i))));
    }
    return text;
  }
}
