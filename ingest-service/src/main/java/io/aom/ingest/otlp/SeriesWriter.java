package io.aom.ingest.otlp;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Refusals;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.intake.TimeCheck;
import io.aom.ingest.remotewrite.MetricSlices;
import io.aom.ingest.series.HaFilter;
import io.aom.ingest.series.SeriesCheck;
import io.aom.ingest.series.SeriesTenant;
import io.aom.telemetry.labels.LabelBuffer;
import io.aom.telemetry.labels.TenantHash;
import io.aom.telemetry.labels.Utf8;
import io.aom.telemetry.otlp.PrometheusNames;
import io.aom.telemetry.otlp.ValueText;
import io.aom.telemetry.remotewrite.RemoteWriteV2.Metadata;
import io.aom.telemetry.remotewrite.StaleMarker;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes the series that a data point becomes, and refuses those that cannot be taken. A metric is
 * {@link #describe}d first; a data point that {@link #takes} accepts is any number of series, each
 * {@link #begin}, its parts, {@link #end}. Not thread-safe; reusable.
 */
final class SeriesWriter {
  private static final byte[] NAME = ValueText.utf8("__name__");
  private static final byte[] TYPE = ValueText.utf8("__type__");
  private static final byte[] UNIT = ValueText.utf8("__unit__");
  private static final byte[] TARGET_INFO = ValueText.utf8("target_info");
  private static final byte[] INFO_HELP = ValueText.utf8("Target metadata");
  private static final byte[] NOTHING = new byte[0];
  private static final int MOST_BOUNDS = 10_000;

  private final MetricSlices slices;
  private final SliceLimits limits;
  private final boolean typeAndUnitLabels;
  private final LabelBuffer described = new LabelBuffer();
  private final LabelBuffer series = new LabelBuffer();
  private final HaFilter haFilter = new HaFilter();
  private final InfoTimes times = new InfoTimes();
  private final Map<Double, byte[]> bounds = new HashMap<>();
  private int[] ids = new int[64];

  private final Refusals repeated = new Refusals();
  private Refusals refusals = new Refusals();
  private boolean pointRefused;
  private long now;
  private long earliest;
  private long latest;
  private long samples;
  private long histograms;

  private int type;
  private int help;
  private int unit;
  private int describedBytes;

  /**
   * @param typeAndUnitLabels whether series carry type and unit of their metric
   */
  SeriesWriter(MetricSlices slices, SliceLimits limits, boolean typeAndUnitLabels) {
    this.slices = slices;
    this.limits = limits;
    this.typeAndUnitLabels = typeAndUnitLabels;
  }

  /** Starts a request. */
  void beginRequest(Refusals newRefusals, long nowMillis) {
    refusals = newRefusals;
    now = nowMillis;
    earliest = nowMillis - limits.pastMillis();
    latest = nowMillis + limits.futureMillis();
    samples = 0;
    histograms = 0;
    repeated.clear();
    haFilter.begin(nowMillis);
    if (bounds.size() > MOST_BOUNDS) {
      bounds.clear();
    }
  }

  /** Starts a resource. */
  void beginResource() {
    times.clear();
  }

  long samples() {
    return samples;
  }

  long histograms() {
    return histograms;
  }

  /** Counts items of the metric as refused. */
  void refuse(RefusalReason reason, int items, MetricInHand metric, String detail) {
    refusals.add(reason, items, "metric: " + metric.shown() + detail);
  }

  /** Says what the series to come are of. */
  void describe(MetricInHand metric) {
    byte[] helpText = ValueText.utf8(metric.description());
    int helpEnd = Utf8.floor(helpText, 0, Math.min(helpText.length, limits.labelValueBytes()));
    help = slices.symbols().intern(helpText, 0, helpEnd);
    byte[] unitText = ValueText.utf8(PrometheusNames.unit(metric.unit()));
    int unitEnd = Utf8.floor(unitText, 0, Math.min(unitText.length, limits.labelValueBytes()));
    unit = slices.symbols().intern(unitText, 0, unitEnd);
    describedBytes = helpEnd + unitEnd;
    type = metric.type();
    described.clear();
    if (typeAndUnitLabels) {
      byte[] typeText = ValueText.utf8(typeName(type));
      described.add(TYPE, 0, TYPE.length, typeText, 0, typeText.length);
      described.add(UNIT, 0, UNIT.length, unitText, 0, unitEnd);
      described.dropEmpty();
    }
  }

  private static String typeName(int type) {
    return switch (type) {
      case Metadata.TYPE_COUNTER -> "counter";
      case Metadata.TYPE_GAUGE -> "gauge";
      case Metadata.TYPE_HISTOGRAM -> "histogram";
      case Metadata.TYPE_SUMMARY -> "summary";
      default -> "";
    };
  }

  /** Whether the point's attributes, sender and time can be taken; readies its labels if so. */
  boolean takes(SeriesTenant tenant, MetricInHand metric, DataPoint point) {
    pointRefused = false;
    DataPoint.Fault fault = point.fault();
    if (fault != null) {
      refuse(fault.reason(), 1, metric, fault.detail());
      return false;
    }
    point.finishLabels();
    if (HaFilter.isOfPair(tenant.pairs(), point.labels())
        && !haFilter.takes(tenant.pairs(), point.labels(), () -> 1, refusals)) {
      return false;
    }
    return TimeCheck.accepts(point.timeMillis(), TimeUnit.NANOSECONDS, earliest, latest, refusals);
  }

  /** Starts the series of the point with that name; one that is refused leaves out no other. */
  boolean begin(SeriesTenant tenant, DataPoint point, byte[] name) {
    return begin(tenant, point, name, null, NOTHING);
  }

  /**
   * Starts the series of the point with that name and one more label.
   *
   * @param label null for none
   */
  boolean begin(
      SeriesTenant tenant, DataPoint point, byte[] name, byte @Nullable [] label, byte[] value) {
    series.copyFrom(point.labels());
    series.putAll(described);
    series.put(NAME, name);
    if (label != null) {
      series.put(label, value);
    }
    // However many of its series are refused, it is one data point.
    boolean begun = begin(tenant, pointRefused ? repeated : refusals);
    pointRefused |= !begun;
    return begun;
  }

  private boolean begin(SeriesTenant tenant, Refusals counted) {
    series.dropEmpty();
    series.sort();
    if (!SeriesCheck.accepts(series, limits, 1, counted)) {
      return false;
    }
    long hash = tenant.hash().ofSeries(series);
    if (!tenant.admits(hash, series, 1, now, counted)) {
      return false;
    }
    int size = series.size();
    if (ids.length < size * 2) {
      ids = new int[size * 4];
    }
    int bytes = 8;
    for (int i = 0; i < size; i++) {
      ids[2 * i] = slices.symbols().intern(series.bytes(), series.nameFrom(i), series.nameTo(i));
      ids[2 * i + 1] =
          slices.symbols().intern(series.bytes(), series.valueFrom(i), series.valueTo(i));
      bytes += series.nameTo(i) - series.nameFrom(i) + series.valueTo(i) - series.valueFrom(i) + 16;
    }
    int partition = TenantHash.partition(hash, slices.partitions());
    slices.series(partition, ids, 0, size * 2, bytes);
    return true;
  }

  /** Writes the point's sample with the raw bits of a double; a stale marker if it is stale. */
  void sample(DataPoint point, long bits) {
    slices.sample(
        point.isStale() ? StaleMarker.BITS : bits, point.timeMillis(), point.startMillis());
    samples++;
    times.note(point.timeMillis());
  }

  /** Writes the point's sample with a count. */
  void count(DataPoint point, long count) {
    sample(point, Double.doubleToRawLongBits((double) count));
  }

  /**
   * Writes the one series of a point that is a native histogram.
   *
   * @param fault what is wrong with it, so that it is refused; null if nothing is
   */
  void histogram(
      SeriesTenant tenant,
      MetricInHand metric,
      DataPoint point,
      byte[] name,
      ProtoWriter histogram,
      @Nullable String fault) {
    int most = limits.sliceBytes() / 2;
    if (fault == null && histogram.size() > most) {
      fault = " with " + histogram.size() + " bytes of buckets (expected: at most " + most + ")";
    }
    if (fault != null) {
      refuse(RefusalReason.INVALID_HISTOGRAM, 1, metric, fault);
    } else if (begin(tenant, point, name)) {
      slices.histogram(histogram.array(), 0, histogram.size());
      histograms++;
      times.note(point.timeMillis());
      exemplars(metric, point);
      end();
    }
  }

  void exemplars(MetricInHand metric, DataPoint point) {
    point.exemplars().write(metric, point, refusals);
  }

  /** Writes the exemplars of the bucket above one bound and up to another. */
  void exemplarsBetween(double lower, double upper, MetricInHand metric, DataPoint point) {
    point.exemplars().writeBetween(lower, upper, metric, point, refusals);
  }

  /** Ends the series with what is known of its metric. */
  void end() {
    slices.metadata(type, help, unit, describedBytes);
  }

  /**
   * Writes the resource's own series: 1 at times that let it be seen wherever a query sees one of
   * the resource's other series. If it is refused the answer says so; no data point is it.
   *
   * @param leftOut attributes that are not among the labels, which the answer says too
   */
  void info(SeriesTenant tenant, LabelBuffer labels, int leftOut) {
    if (times.size() == 0) {
      return;
    }
    series.copyFrom(labels);
    series.put(NAME, TARGET_INFO);
    Refusals refused = new Refusals();
    if (!begin(tenant, refused)) {
      refusals.warn("target_info left out: " + refused.message());
      return;
    }
    if (leftOut > 0) {
      refusals.warn(
          "target_info: "
              + leftOut
              + " attributes of the resource left out (expected: at most "
              + limits.labelsPerSeries()
              + " labels)");
    }
    for (int i = 0; i < times.size(); i++) {
      info(times.first(i));
      if (times.last(i) != times.first(i)) {
        info(times.last(i));
      }
    }
    int infoHelp = slices.symbols().intern(INFO_HELP, 0, INFO_HELP.length);
    slices.metadata(Metadata.TYPE_GAUGE, infoHelp, 0, INFO_HELP.length);
  }

  private void info(long timeMillis) {
    slices.sample(Double.doubleToRawLongBits(1), timeMillis, 0);
    samples++;
  }

  /** A number as the text of a label. */
  byte[] bound(double value) {
    return bounds.computeIfAbsent(value, v -> ValueText.utf8(ValueText.number(v)));
  }
}
