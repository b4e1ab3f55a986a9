package io.aom.metrics.chunk;

import io.aom.metrics.series.SampleColumns;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The samples of a pack of series, each series decodable by itself. Series that were sampled at the
 * same times share one time column.
 *
 * <p>Layout: {@code docs/format/metrics-block.md}, "Column samples". Reading is for one thread.
 */
public final class SamplesColumn {
  /** The version that has no start times, written where there are none. */
  static final int WITHOUT_STARTS = 1;

  static final int VERSION = 2;

  /** Most samples of one series in one pack. */
  public static final int MAX_SAMPLES = 1 << 16;

  private static final int FLOATS = 1;
  private static final int HISTOGRAMS = 2;
  private static final int STARTS = 4;

  private final ProtoReader in;
  private final int[] starts;
  private final int[] timeStarts;
  private final long[] @Nullable [] times;

  private SamplesColumn(ProtoReader in, int[] starts, int[] timeStarts) {
    this.in = in;
    this.starts = starts;
    this.timeStarts = timeStarts;
    this.times = new long[timeStarts.length - 1][];
  }

  /** Encodes series of 1 to {@link #MAX_SAMPLES} samples each. */
  public static byte[] encode(List<SampleColumns> series) {
    return new Encoder().encode(series);
  }

  /** Times as a key of the shared time columns. */
  private record Times(long[] millis) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Times that && Arrays.equals(millis, that.millis);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(millis);
    }
  }

  private static final class Encoder {
    private final IntColumn ints = new IntColumn();
    private final ValueColumn values = new ValueColumn();
    private final Map<Times, Integer> known = new HashMap<>();
    private final List<Times> columns = new ArrayList<>();
    private final ProtoWriter bodies = new ProtoWriter(4096);
    private boolean anyStarts;

    byte[] encode(List<SampleColumns> series) {
      int[] ends = new int[series.size()];
      for (int i = 0; i < ends.length; i++) {
        SampleColumns samples = series.get(i);
        if (samples.isEmpty() || samples.size() > MAX_SAMPLES) {
          throw new IllegalArgumentException(
              "samples: " + samples.size() + " (expected: 1 to " + MAX_SAMPLES + ")");
        }
        body(samples);
        ends[i] = bodies.size();
      }
      ProtoWriter out = new ProtoWriter(bodies.size() + 1024);
      out.packedVarint(anyStarts ? VERSION : WITHOUT_STARTS);
      out.packedVarint(ends.length);
      out.packedVarint(columns.size());
      ProtoWriter column = new ProtoWriter(256);
      for (Times times : columns) {
        column.clear();
        column.packedVarint(times.millis.length);
        ints.encode(times.millis, times.millis.length, column);
        out.packedVarint(column.size());
        out.copy(column.array(), 0, column.size());
      }
      for (int i = 0; i < ends.length; i++) {
        out.packedVarint(ends[i] - (i == 0 ? 0 : ends[i - 1]));
      }
      out.copy(bodies.array(), 0, bodies.size());
      return Checked.close(out);
    }

    private void body(SampleColumns samples) {
      int size = samples.size();
      int histograms = 0;
      for (int i = 0; i < size && samples.hasHistograms(); i++) {
        histograms += samples.histogram(i) == null ? 0 : 1;
      }
      int floats = size - histograms;
      boolean started = false;
      for (int i = 0; i < size && samples.hasStarts() && !started; i++) {
        started = samples.start(i) != 0;
      }
      anyStarts |= started;
      bodies.packedVarint(
          (floats > 0 ? FLOATS : 0) | (histograms > 0 ? HISTOGRAMS : 0) | (started ? STARTS : 0));
      if (histograms == 0) {
        bodies.packedVarint(timeColumn(Arrays.copyOf(samples.times(), size)));
        values.encode(samples.values(), size, bodies);
        if (started) {
          starts(samples, floats);
        }
        return;
      }
      long[] floatTimes = new long[floats];
      double[] floatValues = new double[floats];
      long[] histogramTimes = new long[histograms];
      byte[][] payloads = new byte[histograms][];
      int f = 0;
      int h = 0;
      for (int i = 0; i < size; i++) {
        byte[] payload = samples.histogram(i);
        if (payload == null) {
          floatTimes[f] = samples.time(i);
          floatValues[f++] = samples.value(i);
        } else {
          histogramTimes[h] = samples.time(i);
          payloads[h++] = payload;
        }
      }
      if (floats > 0) {
        bodies.packedVarint(timeColumn(floatTimes));
        values.encode(floatValues, floats, bodies);
      }
      if (started) {
        starts(samples, floats);
      }
      bodies.packedVarint(timeColumn(histogramTimes));
      for (byte[] payload : payloads) {
        bodies.packedVarint(payload.length);
        bodies.copy(payload, 0, payload.length);
      }
    }

    private void starts(SampleColumns samples, int floats) {
      long[] starts = new long[floats];
      int f = 0;
      for (int i = 0; i < samples.size(); i++) {
        if (samples.histogram(i) == null) {
          starts[f++] = samples.start(i);
        }
      }
      ints.encode(starts, floats, bodies);
    }

    private int timeColumn(long[] millis) {
      Times times = new Times(millis);
      Integer column = known.putIfAbsent(times, columns.size());
      if (column != null) {
        return column;
      }
      columns.add(times);
      return columns.size() - 1;
    }
  }

  /**
   * Checks the column and finds its parts; nothing is decoded yet.
   *
   * @throws CorruptChunkException if the bytes are no such column
   */
  public static SamplesColumn open(byte[] bytes) {
    try {
      ProtoReader in = Checked.open(bytes, VERSION, "samples");
      int series = LabelsColumn.bounded(in, LabelsColumn.MAX_SERIES, "series");
      int columns = LabelsColumn.bounded(in, 2 * series, "time columns");
      if (series > bytes.length || columns > bytes.length) {
        throw new CorruptChunkException(
            "series: " + series + " (expected: fewer than " + bytes.length + " bytes)");
      }
      int[] timeStarts = new int[columns + 1];
      for (int i = 0; i < columns; i++) {
        int length = LabelsColumn.bounded(in, bytes.length, "time column length");
        timeStarts[i] = in.position();
        in.advance(length);
      }
      int[] starts = new int[series + 1];
      for (int i = 0; i < series; i++) {
        starts[i + 1] = LabelsColumn.bounded(in, bytes.length, "series length");
      }
      starts[0] = in.position();
      for (int i = 0; i < series; i++) {
        in.advance(starts[i + 1]);
        starts[i + 1] = in.position();
      }
      timeStarts[columns] = in.position();
      return new SamplesColumn(in, starts, timeStarts);
    } catch (MalformedWireException e) {
      throw new CorruptChunkException("samples: " + e.getMessage(), e);
    }
  }

  /** How many series the pack has. */
  public int size() {
    return starts.length - 1;
  }

  /** Whether there are histograms among the samples of a series. */
  boolean hasHistograms(int series) {
    seek(starts[series], starts[series + 1]);
    return (in.packedVarint() & HISTOGRAMS) != 0;
  }

  /**
   * The samples of one series, in time order.
   *
   * @throws CorruptChunkException if the bytes of this series make no sense
   */
  public SampleColumns decode(int series) {
    try {
      seek(starts[series], starts[series + 1]);
      long flags = in.packedVarint();
      if (flags < FLOATS
          || flags > (FLOATS | HISTOGRAMS | STARTS)
          || (flags & (FLOATS | STARTS)) == STARTS) {
        throw new CorruptChunkException("series flags: " + flags + " (expected: 1 to 3, 5, 7)");
      }
      SampleColumns floats = new SampleColumns();
      if ((flags & FLOATS) != 0) {
        long[] millis = readTimes(starts[series + 1]);
        int count = millis.length;
        double[] values = ValueColumn.decode(in, count);
        long[] begun = (flags & STARTS) == 0 ? null : IntColumn.decode(in, count);
        floats = new SampleColumns(millis, values, begun, count);
      }
      return (flags & HISTOGRAMS) == 0
          ? floats
          : SampleColumns.merge(floats, histograms(starts[series + 1]));
    } catch (MalformedWireException e) {
      throw new CorruptChunkException("samples of series " + series + ": " + e.getMessage(), e);
    }
  }

  private SampleColumns histograms(int end) {
    long[] millis = readTimes(end);
    SampleColumns samples = new SampleColumns();
    for (long time : millis) {
      int length = LabelsColumn.bounded(in, end - in.position(), "histogram length");
      int from = in.position();
      in.advance(length);
      samples.append(time, Arrays.copyOfRange(in.bytes(), from, from + length));
    }
    return samples;
  }

  /** Reads the number of a time column, and that column if it was not read before. */
  private long[] readTimes(int end) {
    int column = LabelsColumn.bounded(in, times.length - 1, "time column");
    long[] millis = times[column];
    if (millis == null) {
      int back = in.position();
      seek(timeStarts[column], in.bytes().length);
      int count = LabelsColumn.bounded(in, MAX_SAMPLES, "samples");
      if (count == 0) {
        throw new CorruptChunkException("samples: 0 (expected: at least 1)");
      }
      millis = IntColumn.decode(in, count);
      for (int i = 1; i < count; i++) {
        if (millis[i - 1] >= millis[i]) {
          throw new CorruptChunkException(
              "time: " + millis[i] + " (expected: after " + millis[i - 1] + ")");
        }
      }
      times[column] = millis;
      seek(back, end);
    }
    return millis;
  }

  private void seek(int from, int to) {
    in.reset(in.bytes(), from, to);
  }
}
