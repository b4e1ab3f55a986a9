package io.aom.metrics.chunk;

import io.aom.metrics.series.RollupColumns;
import io.aom.metrics.series.RollupColumns.Kind;
import io.aom.metrics.series.SampleColumns;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rollups of a pack of series, each series decodable by itself, of which a reader need have
 * those columns only that its question takes.
 *
 * <p>Layout: {@code docs/format/metrics-block.md}, "Rollups". Reading is for one thread.
 */
public final class RollupPack {
  /** When stretches begin and end, and how many samples they hold. */
  public static final String STRETCHES = "stretches";

  public static final String LASTS = "lasts";
  public static final String RISES = "rises";
  public static final String SUMS = "sums";
  public static final String EXTREMES = "extremes";

  static final int VERSION = 1;

  /** Most stretches of a series in a pack. */
  static final int MAX_STRETCHES = 1 << 12;

  static final int STARTS = 1;
  static final int RESTARTS = 1;
  static final int LEAST_ARE_FIRSTS = 1;
  static final int GREATEST_ARE_LASTS = 2;

  private static final double[] NO_VALUES = {};
  private static final long[] NO_LONGS = {};

  private final Bodies stretches;
  private final @Nullable Bodies lasts;
  private final @Nullable Bodies rises;
  private final @Nullable Bodies sums;
  private final @Nullable Bodies extremes;
  private final Times[] times;
  private final int[] timeStarts;

  private record Times(long[] firsts, long[] lasts, long[] counts) {}

  private RollupPack(
      Bodies stretches,
      int[] timeStarts,
      @Nullable Bodies lasts,
      @Nullable Bodies rises,
      @Nullable Bodies sums,
      @Nullable Bodies extremes) {
    this.stretches = stretches;
    this.timeStarts = timeStarts;
    this.times = new Times[timeStarts.length];
    this.lasts = lasts;
    this.rises = rises;
    this.sums = sums;
    this.extremes = extremes;
  }

  /** Names of the columns that questions of these kinds take, besides {@link #STRETCHES}. */
  public static Set<String> columns(Set<Kind> kinds) {
    Set<String> names = new LinkedHashSet<>();
    names.add(STRETCHES);
    for (Kind kind : kinds) {
      switch (kind) {
        case LASTS -> names.add(LASTS);
        case RISES -> names.add(RISES);
        case SUMS -> names.add(SUMS);
        case EXTREMES -> {
          names.add(LASTS); // They may say that they are the same.
          names.add(RISES);
          names.add(EXTREMES);
        }
      }
    }
    return names;
  }

  /** Encodes series of 1 to 4,096 stretches each, into columns by name. */
  public static Map<String, byte[]> encode(List<RollupColumns> series) {
    return new RollupEncoder().encode(series);
  }

  /** A column of which each series has a body. */
  private static final class Bodies {
    private final ProtoReader in;
    private final int[] starts;

    Bodies(String name, ProtoReader in, int series) {
      this.in = in;
      this.starts = new int[series + 1];
      int length = in.bytes().length;
      for (int i = 0; i < series; i++) {
        starts[i + 1] = LabelsColumn.bounded(in, length, name + " length");
      }
      starts[0] = in.position();
      for (int i = 0; i < series; i++) {
        in.advance(starts[i + 1]);
        starts[i + 1] = in.position();
      }
    }

    int size() {
      return starts.length - 1;
    }

    ProtoReader of(int series) {
      in.reset(in.bytes(), starts[series], starts[series + 1]);
      return in;
    }
  }

  /**
   * Checks the columns that are there and finds their parts; nothing is decoded yet.
   *
   * @throws CorruptChunkException if the bytes are no such columns
   */
  public static RollupPack open(Map<String, byte[]> columns) {
    byte[] bytes = columns.get(STRETCHES);
    if (bytes == null) {
      throw new CorruptChunkException(
          "rollup: columns " + columns.keySet() + " (expected: " + STRETCHES + ")");
    }
    try {
      ProtoReader in = Checked.open(bytes, VERSION, STRETCHES);
      int series = series(in, bytes, STRETCHES);
      int shared = LabelsColumn.bounded(in, series, "times");
      int[] timeStarts = new int[shared];
      for (int i = 0; i < shared; i++) {
        int length = LabelsColumn.bounded(in, bytes.length, "times length");
        timeStarts[i] = in.position();
        in.advance(length);
      }
      return new RollupPack(
          new Bodies(STRETCHES, in, series),
          timeStarts,
          bodies(columns, LASTS, series),
          bodies(columns, RISES, series),
          bodies(columns, SUMS, series),
          bodies(columns, EXTREMES, series));
    } catch (MalformedWireException e) {
      throw new CorruptChunkException("rollup: " + e.getMessage(), e);
    }
  }

  private static int series(ProtoReader in, byte[] bytes, String name) {
    int series = LabelsColumn.bounded(in, LabelsColumn.MAX_SERIES, "series");
    if (series > bytes.length) {
      throw new CorruptChunkException(
          name + ": " + series + " series (expected: fewer than " + bytes.length + " bytes)");
    }
    return series;
  }

  private static @Nullable Bodies bodies(Map<String, byte[]> columns, String name, int expected) {
    byte[] bytes = columns.get(name);
    if (bytes == null) {
      return null;
    }
    ProtoReader in = Checked.open(bytes, VERSION, name);
    int series = series(in, bytes, name);
    if (series != expected) {
      throw new CorruptChunkException(
          name + ": " + series + " series (expected: " + expected + ")");
    }
    return new Bodies(name, in, series);
  }

  /** How many series the pack has. */
  public int size() {
    return stretches.size();
  }

  /**
   * Appends the stretches of a series that lie in {@code (afterMillis, untilMillis]}. What is not
   * among the columns is 0 in them.
   *
   * @throws CorruptChunkException if the bytes of this series make no sense
   */
  public void decode(int series, long afterMillis, long untilMillis, RollupColumns to) {
    try {
      ProtoReader in = stretches.of(series);
      int number = LabelsColumn.bounded(in, times.length - 1, "times");
      int flags = LabelsColumn.bounded(in, STARTS, "stretches flags");
      int starts = in.position();
      Times when = times(number);
      int count = when.firsts.length;
      long[] firstStarts = NO_LONGS;
      long[] lastStarts = NO_LONGS;
      if ((flags & STARTS) != 0) {
        in = stretches.of(series);
        in.advance(starts - in.position());
        firstStarts = IntColumn.decode(in, count);
        lastStarts = IntColumn.decode(in, count);
      }
      double[] last = lasts == null ? NO_VALUES : ValueColumn.decode(lasts.of(series), count);
      double[] first = NO_VALUES;
      double[] lost = NO_VALUES;
      long[] resets = NO_LONGS;
      if (rises != null) {
        ProtoReader of = rises.of(series);
        int restarts = LabelsColumn.bounded(of, RESTARTS, "rises flags");
        first = ValueColumn.decode(of, count);
        if (restarts != 0) {
          lost = ValueColumn.decode(of, count);
          resets = IntColumn.decode(of, count);
        }
      }
      double[] sum = sums == null ? NO_VALUES : ValueColumn.decode(sums.of(series), count);
      double[] least = NO_VALUES;
      double[] greatest = NO_VALUES;
      if (extremes != null) {
        ProtoReader of = extremes.of(series);
        int same =
            LabelsColumn.bounded(of, LEAST_ARE_FIRSTS | GREATEST_ARE_LASTS, "extremes flags");
        least = (same & LEAST_ARE_FIRSTS) != 0 ? first : ValueColumn.decode(of, count);
        greatest = (same & GREATEST_ARE_LASTS) != 0 ? last : ValueColumn.decode(of, count);
      }
      int from = SampleColumns.firstAfter(when.lasts, count, afterMillis);
      int wanted = Math.max(0, SampleColumns.firstAfter(when.firsts, count, untilMillis) - from);
      to.appendTimes(when.firsts, when.lasts, when.counts, from, wanted);
      to.fillLasts(last, from, wanted);
      to.fillRises(first, lost, resets, from, wanted);
      to.fillSums(sum, from, wanted);
      to.fillExtremes(least, greatest, from, wanted);
      to.fillStarts(firstStarts, lastStarts, from, wanted);
    } catch (MalformedWireException e) {
      throw new CorruptChunkException("rollup of series " + series + ": " + e.getMessage(), e);
    }
  }

  private Times times(int number) {
    Times known = times[number];
    if (known != null) {
      return known;
    }
    ProtoReader in = stretches.in;
    in.reset(in.bytes(), timeStarts[number], in.bytes().length);
    int count = LabelsColumn.bounded(in, MAX_STRETCHES, "stretches");
    if (count == 0) {
      throw new CorruptChunkException("stretches: 0 (expected: at least 1)");
    }
    long[] firsts = IntColumn.decode(in, count);
    long[] lasts = IntColumn.decode(in, count);
    long[] counts = IntColumn.decode(in, count);
    for (int i = 0; i < count; i++) {
      long length = lasts[i];
      lasts[i] = firsts[i] + length;
      boolean sound =
          length >= 0
              && counts[i] >= 0
              && (length == 0) == (counts[i] < 2)
              && (i == 0 || firsts[i] > lasts[i - 1]);
      if (!sound) {
        throw new CorruptChunkException(
            "stretch "
                + i
                + ": "
                + counts[i]
                + " samples in "
                + length
                + " ms from "
                + firsts[i]
                + " (expected: behind the one before)");
      }
    }
    Times read = new Times(firsts, lasts, counts);
    times[number] = read;
    return read;
  }
}
