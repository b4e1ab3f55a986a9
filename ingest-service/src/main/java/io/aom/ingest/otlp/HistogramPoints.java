package io.aom.ingest.otlp;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.series.SeriesTenant;
import io.aom.telemetry.otlp.Otlp.HistogramDataPoint;
import io.aom.telemetry.otlp.ValueText;
import io.aom.telemetry.wire.ProtoReader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Data points of histograms with explicit bounds: classic histograms, whose buckets count from the
 * smallest value on, or native ones with custom bounds. Not thread-safe; reusable.
 */
final class HistogramPoints implements Points {
  private static final byte[] LE = ValueText.utf8("le");
  private static final byte[] INFINITE = ValueText.utf8("+Inf");

  private final DataPoint point;
  private final SeriesWriter writer;
  private final @Nullable NativeHistogram custom;
  private long[] counts = new long[32];
  private long[] edges = new long[32];

  /**
   * @param customBuckets whether they become native histograms
   */
  HistogramPoints(DataPoint point, SeriesWriter writer, boolean customBuckets) {
    this.point = point;
    this.writer = writer;
    this.custom = customBuckets ? new NativeHistogram() : null;
  }

  @Override
  public void split(
      SeriesTenant tenant, MetricInHand metric, MetricNames.Names names, ProtoReader reader) {
    long count = 0;
    long sum = 0;
    boolean hasSum = false;
    int countSize = 0;
    int edgeSize = 0;
    while (reader.next()) {
      switch (reader.field()) {
        case HistogramDataPoint.START_TIME_UNIX_NANO -> point.start(reader);
        case HistogramDataPoint.TIME_UNIX_NANO -> point.time(reader);
        case HistogramDataPoint.COUNT -> count = reader.fixed64();
        case HistogramDataPoint.SUM -> {
          sum = reader.fixed64();
          hasSum = true;
        }
        case HistogramDataPoint.BUCKET_COUNTS -> {
          counts = fixed64s(reader, counts, countSize);
          countSize = read;
        }
        case HistogramDataPoint.EXPLICIT_BOUNDS -> {
          edges = fixed64s(reader, edges, edgeSize);
          edgeSize = read;
        }
        case HistogramDataPoint.EXEMPLARS -> point.exemplar(reader);
        case HistogramDataPoint.ATTRIBUTES -> point.attribute(reader);
        case HistogramDataPoint.FLAGS -> point.flags(reader);
        default -> reader.skip();
      }
    }
    if (!writer.takes(tenant, metric, point)) {
      return;
    }
    if (countSize != 0 && countSize != edgeSize + 1) {
      writer.refuse(
          RefusalReason.INVALID_HISTOGRAM,
          1,
          metric,
          " with " + countSize + " buckets (expected: " + (edgeSize + 1) + ")");
      return;
    }
    for (int i = 1; i < edgeSize; i++) {
      double before = Double.longBitsToDouble(edges[i - 1]);
      double edge = Double.longBitsToDouble(edges[i]);
      if (!(edge > before)) {
        writer.refuse(
            RefusalReason.INVALID_HISTOGRAM,
            1,
            metric,
            " with the bound " + edge + " after " + before + " (expected: bounds that rise)");
        return;
      }
    }
    if (custom != null) {
      double known = hasSum ? Double.longBitsToDouble(sum) : 0;
      nativeOne(custom, tenant, metric, names.plain(), countSize, count, known);
      return;
    }
    buckets(tenant, metric, names.bucket(), countSize, count);
    if (writer.begin(tenant, point, names.count())) {
      writer.count(point, count);
      writer.end();
    }
    if (hasSum && writer.begin(tenant, point, names.sum())) {
      writer.sample(point, sum);
      writer.end();
    }
  }

  /**
   * @param size of the buckets; without any, all values are in one
   */
  private void nativeOne(
      NativeHistogram histogram,
      SeriesTenant tenant,
      MetricInHand metric,
      byte[] name,
      int size,
      long count,
      double sum) {
    if (size == 0) {
      counts[0] = count;
    }
    int bounds = Math.max(0, size - 1);
    String fault = bounds == 0 ? null : endless(edges[bounds - 1]);
    if (fault == null) {
      fault = histogram.write(edges, bounds, counts, count, sum, metric.isDelta(), point);
    }
    writer.histogram(tenant, metric, point, name, histogram.writer(), fault);
  }

  /** What is wrong with the greatest bound: there is a bucket above it. */
  private static @Nullable String endless(long greatest) {
    double bound = Double.longBitsToDouble(greatest);
    return bound < Double.POSITIVE_INFINITY
        ? null
        : " with the last bound " + bound + " (expected: one below +Inf)";
  }

  /** A bucket that is refused, as a new one may be, does not take the known ones with it. */
  private void buckets(
      SeriesTenant tenant, MetricInHand metric, byte[] name, int size, long count) {
    int finite = size == 0 ? 0 : size - 1;
    long below = 0;
    double lower = Double.NEGATIVE_INFINITY;
    for (int i = 0; i <= finite; i++) {
      boolean last = i == finite;
      below += i < size ? counts[i] : 0;
      double upper = last ? Double.POSITIVE_INFINITY : Double.longBitsToDouble(edges[i]);
      if (writer.begin(tenant, point, name, LE, last ? INFINITE : writer.bound(upper))) {
        writer.count(point, last ? count : below);
        writer.exemplarsBetween(lower, upper, metric, point);
        writer.end();
      }
      lower = upper;
    }
  }

  /** How many values {@link #fixed64s} has put into its array so far. */
  private int read;

  private long[] fixed64s(ProtoReader reader, long[] into, int size) {
    long[] values = into;
    int at = size;
    if (reader.wireType() == ProtoReader.FIXED64) {
      values = at == values.length ? Arrays.copyOf(values, at * 2) : values;
      values[at++] = reader.fixed64();
    } else {
      int outer = reader.enter();
      while (reader.hasRemaining()) {
        values = at == values.length ? Arrays.copyOf(values, at * 2) : values;
        values[at++] = reader.packedFixed64();
      }
      reader.leave(outer);
    }
    read = at;
    return values;
  }
}
