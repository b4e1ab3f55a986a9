package io.aom.metrics.chunk;

import io.aom.metrics.series.RollupColumns;
import io.aom.telemetry.wire.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes what {@link RollupPack} reads. For one pack. */
final class RollupEncoder {
  /** A value of one stretch. */
  @FunctionalInterface
  private interface Value {
    double of(RollupColumns columns, int index);
  }

  @FunctionalInterface
  private interface Whole {
    long of(RollupColumns columns, int index);
  }

  /** Writes the body of one series. */
  @FunctionalInterface
  private interface Body {
    void write(RollupColumns columns, ProtoWriter out);
  }

  private final IntColumn ints = new IntColumn();
  private final ValueColumn values = new ValueColumn();
  private double[] scratch = new double[256];
  private long[] longs = new long[256];

  /** Times as they are written, to be found again. */
  private final Map<String, Integer> known = new HashMap<>();

  Map<String, byte[]> encode(List<RollupColumns> series) {
    for (RollupColumns one : series) {
      if (one.size() < 1 || one.size() > RollupPack.MAX_STRETCHES) {
        throw new IllegalArgumentException(
            "stretches: " + one.size() + " (expected: 1 to " + RollupPack.MAX_STRETCHES + ")");
      }
    }
    Map<String, byte[]> columns = new LinkedHashMap<>();
    columns.put(RollupPack.STRETCHES, stretches(series));
    columns.put(
        RollupPack.LASTS, column(series, (one, out) -> values(one, RollupColumns::last, out)));
    columns.put(RollupPack.RISES, column(series, this::rises));
    columns.put(
        RollupPack.SUMS, column(series, (one, out) -> values(one, RollupColumns::sum, out)));
    columns.put(RollupPack.EXTREMES, column(series, this::extremes));
    return columns;
  }

  private byte[] stretches(List<RollupColumns> series) {
    ProtoWriter shared = new ProtoWriter(1024);
    ProtoWriter one = new ProtoWriter(256);
    int[] numbers = new int[series.size()];
    for (int i = 0; i < numbers.length; i++) {
      one.clear();
      times(series.get(i), one);
      Integer number =
          known.putIfAbsent(
              new String(one.array(), 0, one.size(), StandardCharsets.ISO_8859_1), known.size());
      if (number == null) {
        shared.packedVarint(one.size());
        shared.copy(one.array(), 0, one.size());
        number = known.size() - 1;
      }
      numbers[i] = number;
    }
    ProtoWriter out = new ProtoWriter(shared.size() + 1024);
    out.packedVarint(RollupPack.VERSION);
    out.packedVarint(numbers.length);
    out.packedVarint(known.size());
    out.copy(shared.array(), 0, shared.size());
    int[] at = {0};
    bodies(
        series,
        (columns, body) -> {
          body.packedVarint(numbers[at[0]++]);
          body.packedVarint(columns.hasStarts() ? RollupPack.STARTS : 0);
          if (columns.hasStarts()) {
            numbers(columns, RollupColumns::firstStart, body);
            numbers(columns, RollupColumns::lastStart, body);
          }
        },
        out);
    return Checked.close(out);
  }

  private void times(RollupColumns columns, ProtoWriter out) {
    out.packedVarint(columns.size());
    numbers(columns, RollupColumns::firstTime, out);
    numbers(columns, (of, i) -> of.lastTime(i) - of.firstTime(i), out);
    numbers(columns, RollupColumns::count, out);
  }

  private void rises(RollupColumns columns, ProtoWriter out) {
    boolean restarts = false;
    for (int i = 0; i < columns.size(); i++) {
      restarts |= columns.resets(i) != 0;
    }
    out.packedVarint(restarts ? RollupPack.RESTARTS : 0);
    values(columns, RollupColumns::first, out);
    if (restarts) {
      values(columns, RollupColumns::lost, out);
      numbers(columns, RollupColumns::resets, out);
    }
  }

  /** A counter that does not restart begins with its least value and ends with its greatest. */
  private void extremes(RollupColumns columns, ProtoWriter out) {
    boolean firsts = same(columns, RollupColumns::least, RollupColumns::first);
    boolean lasts = same(columns, RollupColumns::greatest, RollupColumns::last);
    out.packedVarint(
        (firsts ? RollupPack.LEAST_ARE_FIRSTS : 0) | (lasts ? RollupPack.GREATEST_ARE_LASTS : 0));
    if (!firsts) {
      values(columns, RollupColumns::least, out);
    }
    if (!lasts) {
      values(columns, RollupColumns::greatest, out);
    }
  }

  private static boolean same(RollupColumns columns, Value one, Value other) {
    for (int i = 0; i < columns.size(); i++) {
      if (!columns.isStale(i)
          && Double.doubleToRawLongBits(one.of(columns, i))
              != Double.doubleToRawLongBits(other.of(columns, i))) {
        return false;
      }
    }
    return true;
  }

  private byte[] column(List<RollupColumns> series, Body body) {
    ProtoWriter out = new ProtoWriter(4096);
    out.packedVarint(RollupPack.VERSION);
    out.packedVarint(series.size());
    bodies(series, body, out);
    return Checked.close(out);
  }

  private static void bodies(List<RollupColumns> series, Body body, ProtoWriter out) {
    ProtoWriter all = new ProtoWriter(4096);
    for (RollupColumns one : series) {
      int before = all.size();
      body.write(one, all);
      out.packedVarint(all.size() - before);
    }
    out.copy(all.array(), 0, all.size());
  }

  /** A stale marker has no values; what stands in its place is whatever is cheap to write. */
  private void values(RollupColumns columns, Value value, ProtoWriter out) {
    int size = columns.size();
    if (scratch.length < size) {
      scratch = new double[RollupPack.MAX_STRETCHES];
    }
    for (int i = 0; i < size; i++) {
      double stood = i == 0 ? 0 : scratch[i - 1];
      scratch[i] = columns.isStale(i) ? stood : value.of(columns, i);
    }
    values.encode(scratch, size, out);
  }

  private void numbers(RollupColumns columns, Whole number, ProtoWriter out) {
    int size = columns.size();
    if (longs.length < size) {
      longs = new long[RollupPack.MAX_STRETCHES];
    }
    for (int i = 0; i < size; i++) {
      longs[i] = number.of(columns, i);
    }
    ints.encode(longs, size, out);
  }
}
