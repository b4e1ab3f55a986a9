package io.aom.fuzz;

import io.aom.metrics.chunk.CorruptChunkException;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.chunk.RollupPack;
import io.aom.metrics.chunk.RollupPart;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.Rollup;
import io.aom.metrics.series.RollupColumns;
import io.aom.metrics.series.SampleColumns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Columns of rollups, with right checksums, are stretches that come back as they were once they are
 * encoded again, or are corrupt.
 */
final class RollupTarget implements Target {
  private static final String LABELS = "labels";
  private static final List<String> NAMES =
      List.of(
          RollupPack.STRETCHES,
          RollupPack.LASTS,
          RollupPack.RISES,
          RollupPack.SUMS,
          RollupPack.EXTREMES,
          LABELS);
  private static final int DECODED = 8;

  /** Some bytes may stand for 4,096 stretches of a dozen numbers, of which copies are made. */
  @Override
  public long mostAllocated() {
    return 128 << 20;
  }

  @Override
  public List<byte[]> seeds() {
    SampleColumns counter = new SampleColumns();
    SampleColumns gauge = new SampleColumns();
    for (int i = 0; i < 60; i++) {
      counter.append(1_790_000_000_000L + i * 15_000L, i % 40 * 0.5, 1_789_999_000_000L);
      gauge.append(1_790_000_000_000L + i * 15_000L, i % 9 == 0 ? Double.NaN : Math.sqrt(i));
    }
    List<RollupColumns> series = new ArrayList<>();
    for (SampleColumns samples : List.of(counter, gauge, counter)) {
      RollupColumns rolled = new RollupColumns();
      new Rollup(60_000).add(samples, rolled);
      series.add(rolled);
    }
    Map<String, byte[]> all = new HashMap<>(RollupPack.encode(series));
    all.put(
        LABELS,
        LabelsColumn.encode(
            List.of(Labels.of("__name__", "a"), Labels.of("__name__", "b"), Labels.of("x", "y"))));
    Map<String, byte[]> few = new HashMap<>(all);
    few.keySet().retainAll(List.of(RollupPack.STRETCHES, RollupPack.LASTS));
    return List.of(Columns.join(NAMES, all), Columns.join(NAMES, few));
  }

  @Override
  public void check(byte[] input) {
    Map<String, byte[]> columns = Columns.of(NAMES, input, 0);
    byte[] labels = columns.remove(LABELS);
    Checks.taken(CorruptChunkException.class, () -> stretches(columns));
    if (labels != null) {
      Checks.taken(
          CorruptChunkException.class,
          () ->
              new RollupPart(labels, columns, List.of(), Long.MIN_VALUE, Long.MAX_VALUE)
                  .sizeBytes());
    }
  }

  private static void stretches(Map<String, byte[]> columns) {
    RollupPack pack = RollupPack.open(columns);
    for (int i = 0; i < Math.min(pack.size(), DECODED); i++) {
      RollupColumns read = new RollupColumns();
      pack.decode(i, Long.MIN_VALUE, Long.MAX_VALUE, read);
      if (read.size() == 0) {
        continue; // such as end at the least of all times
      }
      RollupColumns again = new RollupColumns();
      RollupPack.open(RollupPack.encode(List.of(read)))
          .decode(0, Long.MIN_VALUE, Long.MAX_VALUE, again);
      Checks.same(text(read), text(again));
    }
  }

  private static List<String> text(RollupColumns columns) {
    List<String> text = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      String times = columns.firstTime(i) + " " + columns.lastTime(i) + " " + columns.count(i);
      String starts = columns.firstStart(i) + " " + columns.lastStart(i) + " " + columns.resets(i);
      // A stale marker has no values, and a single sample's are all the same: not written. Nor is
      // anything lost where nothing restarts.
      text.add(
          columns.count(i) < 2
              ? times
              : times
                  + " "
                  + starts
                  + bits(
                      columns.first(i),
                      columns.last(i),
                      columns.resets(i) == 0 ? 0 : columns.lost(i))
                  + bits(columns.sum(i), columns.least(i), columns.greatest(i)));
    }
    return text;
  }

  private static String bits(double... values) {
    StringBuilder text = new StringBuilder();
    for (double value : values) {
      text.append(' ').append(Long.toHexString(Double.doubleToRawLongBits(value)));
    }
    return text.toString();
  }
}
