package io.aom.ingest.otlp;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Refusals;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.intake.TimeCheck;
import io.aom.ingest.remotewrite.MetricSlices;
import io.aom.ingest.remotewrite.MetricSplit;
import io.aom.ingest.series.SeriesCheck;
import io.aom.ingest.series.SeriesTenant;
import io.aom.telemetry.labels.LabelBuffer;
import io.aom.telemetry.labels.TenantHash;
import io.aom.telemetry.labels.Utf8;
import io.aom.telemetry.otlp.Otlp;
import io.aom.telemetry.otlp.Otlp.Envelope;
import io.aom.telemetry.otlp.Otlp.Exemplar;
import io.aom.telemetry.otlp.Otlp.ExponentialHistogramDataPoint;
import io.aom.telemetry.otlp.Otlp.HistogramDataPoint;
import io.aom.telemetry.otlp.Otlp.Metric;
import io.aom.telemetry.otlp.Otlp.NumberDataPoint;
import io.aom.telemetry.otlp.Otlp.SummaryDataPoint;
import io.aom.telemetry.otlp.PrometheusNames;
import io.aom.telemetry.otlp.PrometheusNames.Kind;
import io.aom.telemetry.otlp.ValueText;
import io.aom.telemetry.remotewrite.RemoteWriteV2.Metadata;
import io.aom.telemetry.remotewrite.StaleMarker;
import io.aom.telemetry.wire.ProtoReader;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Turns an {@code ExportMetricsServiceRequest} into remote write 2.0 requests for the partitions of
 * the metrics topic: gauges and cumulative sums one series each, histograms the classic {@code
 * _bucket}, {@code _count} and {@code _sum}, exponential histograms native ones, summaries their
 * quantiles. Names and units read as Prometheus has them.
 *
 * <p>Deltas stay deltas: nobody here sees all points of a series to add them up. They are not
 * called counters, so that nobody takes a rate of them.
 *
 * <p>Refusals count data points, items count samples. Not thread-safe. Reusable; grows with the
 * largest request it has seen.
 */
public final class OtlpMetricSplitter {
  private static final byte[] NOTHING = new byte[0];
  private static final byte[] NAME = ValueText.utf8("__name__");
  private static final byte[] LE = ValueText.utf8("le");
  private static final byte[] QUANTILE = ValueText.utf8("quantile");
  private static final byte[] TARGET_INFO = ValueText.utf8("target_info");
  private static final byte[] TRACE_ID = ValueText.utf8("trace_id");
  private static final byte[] SPAN_ID = ValueText.utf8("span_id");
  private static final byte[] INFINITE = ValueText.utf8("+Inf");
  private static final int MOST_NAMES = 10_000;
  private static final int MOST_EXEMPLARS = 64;

  private record NameKey(String name, String unit, Kind kind) {}

  private final MetricSlices slices;
  private final SliceLimits limits;
  private final PrometheusNames naming;
  private final ResourceLabels resources;
  private final LabelBuffer point = new LabelBuffer();
  private final LabelBuffer series = new LabelBuffer();
  private final LabelBuffer exemplarLabels = new LabelBuffer();
  private final NativeHistogram nativeHistogram = new NativeHistogram();
  private final Map<NameKey, String> names = new HashMap<>();
  private final Map<Double, byte[]> bounds = new HashMap<>();
  private int[] ids = new int[64];

  private long[] counts = new long[32];
  private long[] edges = new long[32];
  private final int[] exemplarFrom = new int[MOST_EXEMPLARS];
  private final int[] exemplarTo = new int[MOST_EXEMPLARS];

  private byte[] body = NOTHING;
  private Refusals refusals = new Refusals();
  private long now;
  private long earliest;
  private long latest;
  private long samples;
  private long histograms;
  private long exemplars;

  private String metricName = "";
  private String prometheusName = "";
  private boolean delta;
  private int type;
  private int help;
  private int unit;
  private int describedBytes;
  private long newestMillis;

  // The data point in hand.
  private long timeMillis;
  private long startMillis;
  private boolean stale;
  private int exemplarCount;
  private boolean shallow;

  /**
   * @param partitions of the metrics topic
   * @param promotedAttributes keys of resource attributes that every series carries; with {@code *}
   *     at the end, all that begin so
   * @param scopeLabels whether series carry the name and version of their scope
   */
  public OtlpMetricSplitter(
      int partitions,
      SliceLimits limits,
      PrometheusNames naming,
      List<String> promotedAttributes,
      boolean scopeLabels) {
    slices = new MetricSlices(partitions, limits.sliceBytes());
    this.limits = limits;
    this.naming = naming;
    resources = new ResourceLabels(naming, promotedAttributes, scopeLabels, limits);
  }

  /**
   * Splits {@code bytes[from, to)}.
   *
   * @param nowMillis our clock, epoch milliseconds
   * @throws io.aom.telemetry.wire.MalformedWireException if the request cannot be read; nothing of
   *     it is to be stored
   */
  public MetricSplit split(SeriesTenant tenant, byte[] bytes, int from, int to, long nowMillis) {
    body = bytes;
    refusals = new Refusals();
    now = nowMillis;
    tenant.active().begin(nowMillis);
    earliest = nowMillis - limits.pastMillis();
    latest = nowMillis + limits.futureMillis();
    samples = 0;
    histograms = 0;
    exemplars = 0;
    slices.clear();
    if (names.size() > MOST_NAMES) {
      names.clear();
    }
    if (bounds.size() > MOST_NAMES) {
      bounds.clear();
    }
    ProtoReader request = new ProtoReader(bytes, from, to);
    while (request.next()) {
      if (request.field() == Envelope.RESOURCES) {
        int length = request.length();
        int start = request.position();
        resource(tenant, start, start + length);
        request.advance(length);
      } else {
        request.skip();
      }
    }
    body = NOTHING; // what a splitter keeps between requests is small
    return new MetricSplit(slices.finish(), samples, histograms, exemplars, refusals);
  }

  private void resource(SeriesTenant tenant, int from, int to) {
    resources.clear();
    newestMillis = 0;
    ProtoReader reader = new ProtoReader(body, from, to);
    while (reader.next()) {
      if (reader.field() == Envelope.RESOURCE) {
        int outer = reader.enter();
        resources.readResource(reader);
        reader.leave(outer);
      } else {
        reader.skip();
      }
    }
    reader.reset(body, from, to);
    while (reader.next()) {
      if (reader.field() == Envelope.SCOPES) {
        int length = reader.length();
        scope(tenant, reader.position(), reader.position() + length);
        reader.advance(length);
      } else {
        reader.skip();
      }
    }
    if (newestMillis != 0 && resources.hasInfo()) {
      targetInfo(tenant);
    }
  }

  private void scope(SeriesTenant tenant, int from, int to) {
    resources.noScope();
    ProtoReader reader = new ProtoReader(body, from, to);
    while (reader.next()) {
      if (reader.field() == Envelope.SCOPE) {
        int outer = reader.enter();
        resources.readScope(reader);
        reader.leave(outer);
      } else {
        reader.skip();
      }
    }
    reader.reset(body, from, to);
    while (reader.next()) {
      if (reader.field() == Envelope.RECORDS) {
        int length = reader.length();
        metric(tenant, reader.position(), reader.position() + length);
        reader.advance(length);
      } else {
        reader.skip();
      }
    }
  }

  private void metric(SeriesTenant tenant, int from, int to) {
    String name = "";
    String description = "";
    String otlpUnit = "";
    int kind = 0;
    int dataFrom = 0;
    int dataTo = 0;
    ProtoReader reader = new ProtoReader(body, from, to);
    while (reader.next()) {
      switch (reader.field()) {
        case Metric.NAME -> name = reader.string();
        case Metric.DESCRIPTION -> description = reader.string();
        case Metric.UNIT -> otlpUnit = reader.string();
        case Metric.GAUGE,
            Metric.SUM,
            Metric.HISTOGRAM,
            Metric.EXPONENTIAL_HISTOGRAM,
            Metric.SUMMARY -> {
          kind = reader.field();
          int length = reader.length();
          dataFrom = reader.position();
          dataTo = dataFrom + length;
          reader.advance(length);
        }
        default -> reader.skip();
      }
    }
    metricName = name;
    reader.reset(body, dataFrom, dataTo);
    int points = 0;
    int temporality = 0;
    boolean monotonic = false;
    while (reader.next()) {
      switch (reader.field()) {
        case Metric.DATA_POINTS -> {
          points++;
          reader.skip();
        }
        // In gauges and summaries there are no such fields.
        case Metric.AGGREGATION_TEMPORALITY -> temporality = reader.int32();
        case Metric.SUM_IS_MONOTONIC -> monotonic = reader.bool();
        default -> reader.skip();
      }
    }
    if (!isSupported(kind, temporality, points)) {
      return;
    }
    delta = temporality == Metric.TEMPORALITY_DELTA;
    boolean counter = kind == Metric.SUM && monotonic && !delta;
    boolean gauge = kind == Metric.GAUGE || (kind == Metric.SUM && !monotonic && !delta);
    describe(name, description, otlpUnit, counter ? Kind.COUNTER : gauge ? Kind.GAUGE : Kind.OTHER);
    if (prometheusName.isEmpty()) {
      refusals.add(
          RefusalReason.MISSING_METRIC_NAME,
          points,
          "metric: " + shown(name) + " (expected: a name with a letter or digit)");
      return;
    }
    type =
        switch (kind) {
          case Metric.SUMMARY -> Metadata.TYPE_SUMMARY;
          case Metric.HISTOGRAM, Metric.EXPONENTIAL_HISTOGRAM ->
              delta ? Metadata.TYPE_GAUGE_HISTOGRAM : Metadata.TYPE_HISTOGRAM;
          case Metric.SUM ->
              delta
                  ? Metadata.TYPE_UNSPECIFIED
                  : counter ? Metadata.TYPE_COUNTER : Metadata.TYPE_GAUGE;
          default -> Metadata.TYPE_GAUGE;
        };
    reader.reset(body, dataFrom, dataTo);
    while (reader.next()) {
      if (reader.field() == Metric.DATA_POINTS) {
        int length = reader.length();
        point(tenant, kind, reader.position(), reader.position() + length);
        reader.advance(length);
      } else {
        reader.skip();
      }
    }
  }

  private boolean isSupported(int kind, int temporality, int points) {
    if (points == 0) {
      return false;
    }
    boolean aggregated =
        kind == Metric.SUM || kind == Metric.HISTOGRAM || kind == Metric.EXPONENTIAL_HISTOGRAM;
    if (!aggregated
        || temporality == Metric.TEMPORALITY_CUMULATIVE
        || temporality == Metric.TEMPORALITY_DELTA) {
      return true;
    }
    refusals.add(
        RefusalReason.UNSUPPORTED_METRIC,
        points,
        "metric: "
            + shown(metricName)
            + " has temporality "
            + temporality
            + " (expected: 1, delta, or 2, cumulative)");
    return false;
  }

  private void describe(String name, String description, String otlpUnit, Kind kind) {
    prometheusName =
        names.computeIfAbsent(
            new NameKey(name, otlpUnit, kind),
            key -> naming.metric(key.name(), key.unit(), key.kind()));
    byte[] helpText = ValueText.utf8(description);
    int helpEnd = Utf8.floor(helpText, 0, Math.min(helpText.length, limits.labelValueBytes()));
    help = slices.symbols().intern(helpText, 0, helpEnd);
    byte[] unitText = ValueText.utf8(PrometheusNames.unit(otlpUnit));
    int unitEnd = Utf8.floor(unitText, 0, Math.min(unitText.length, limits.labelValueBytes()));
    unit = slices.symbols().intern(unitText, 0, unitEnd);
    describedBytes = helpEnd + unitEnd;
  }

  private void point(SeriesTenant tenant, int kind, int from, int to) {
    timeMillis = 0;
    startMillis = 0;
    stale = false;
    exemplarCount = 0;
    shallow = true;
    point.clear();
    switch (kind) {
      case Metric.GAUGE, Metric.SUM -> number(tenant, from, to);
      case Metric.HISTOGRAM -> histogram(tenant, from, to);
      case Metric.EXPONENTIAL_HISTOGRAM -> exponential(tenant, from, to);
      default -> summary(tenant, from, to);
    }
  }

  private void number(SeriesTenant tenant, int from, int to) {
    long bits = 0;
    ProtoReader reader = new ProtoReader(body, from, to);
    while (reader.next()) {
      switch (reader.field()) {
        case NumberDataPoint.START_TIME_UNIX_NANO -> startMillis = millis(reader.fixed64());
        case NumberDataPoint.TIME_UNIX_NANO -> timeMillis = millis(reader.fixed64());
        case NumberDataPoint.AS_DOUBLE -> bits = reader.fixed64();
        case NumberDataPoint.AS_INT -> bits = Double.doubleToRawLongBits((double) reader.fixed64());
        case NumberDataPoint.EXEMPLARS -> noteExemplar(reader);
        case NumberDataPoint.ATTRIBUTES -> shallow &= resources.addAttribute(reader, point);
        case NumberDataPoint.FLAGS -> flags(reader.int64());
        default -> reader.skip();
      }
    }
    if (!isPointTaken()) {
      return;
    }
    if (begin(tenant, ValueText.utf8(prometheusName), null, NOTHING)) {
      sample(stale ? StaleMarker.BITS : bits);
      for (int i = 0; i < exemplarCount; i++) {
        exemplar(i);
      }
      describeSeries();
    }
  }

  private void histogram(SeriesTenant tenant, int from, int to) {
    long count = 0;
    long sum = 0;
    boolean hasSum = false;
    int countSize = 0;
    int edgeSize = 0;
    ProtoReader reader = new ProtoReader(body, from, to);
    while (reader.next()) {
      switch (reader.field()) {
        case HistogramDataPoint.START_TIME_UNIX_NANO -> startMillis = millis(reader.fixed64());
        case HistogramDataPoint.TIME_UNIX_NANO -> timeMillis = millis(reader.fixed64());
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
        case HistogramDataPoint.EXEMPLARS -> noteExemplar(reader);
        case HistogramDataPoint.ATTRIBUTES -> shallow &= resources.addAttribute(reader, point);
        case HistogramDataPoint.FLAGS -> flags(reader.int64());
        default -> reader.skip();
      }
    }
    if (!isPointTaken()) {
      return;
    }
    if (countSize != 0 && countSize != edgeSize + 1) {
      refusals.add(
          RefusalReason.INVALID_HISTOGRAM,
          1,
          "metric: "
              + shown(metricName)
              + " with "
              + countSize
              + " buckets (expected: "
              + (edgeSize + 1)
              + ")");
      return;
    }
    int finite = countSize == 0 ? 0 : edgeSize;
    byte[] bucketName = ValueText.utf8(prometheusName + "_bucket");
    long below = 0;
    double lower = Double.NEGATIVE_INFINITY;
    for (int i = 0; i <= finite; i++) {
      boolean last = i == finite;
      below += i < countSize ? counts[i] : 0;
      double upper = last ? Double.POSITIVE_INFINITY : Double.longBitsToDouble(edges[i]);
      byte[] le = last ? INFINITE : bound(upper);
      if (!begin(tenant, bucketName, LE, le)) {
        return; // the first of them says why
      }
      sample(value(last ? count : below));
      exemplarsBetween(lower, upper);
      describeSeries();
      lower = upper;
    }
    if (begin(tenant, ValueText.utf8(prometheusName + "_count"), null, NOTHING)) {
      sample(value(count));
      describeSeries();
    }
    if (hasSum && begin(tenant, ValueText.utf8(prometheusName + "_sum"), null, NOTHING)) {
      sample(stale ? StaleMarker.BITS : sum);
      describeSeries();
    }
  }

  private void exponential(SeriesTenant tenant, int from, int to) {
    int scale = 0;
    ProtoReader reader = new ProtoReader(body, from, to);
    while (reader.next()) {
      switch (reader.field()) {
        case ExponentialHistogramDataPoint.ATTRIBUTES ->
            shallow &= resources.addAttribute(reader, point);
        case ExponentialHistogramDataPoint.START_TIME_UNIX_NANO ->
            startMillis = millis(reader.fixed64());
        case ExponentialHistogramDataPoint.TIME_UNIX_NANO -> timeMillis = millis(reader.fixed64());
        case ExponentialHistogramDataPoint.SCALE -> scale = (int) reader.sint64();
        case ExponentialHistogramDataPoint.FLAGS -> flags(reader.int64());
        case ExponentialHistogramDataPoint.EXEMPLARS -> noteExemplar(reader);
        default -> reader.skip();
      }
    }
    if (!isPointTaken()) {
      return;
    }
    // A double's exponents do not fill more than this; a finer scale is not telemetry.
    if (scale < NativeHistogram.COARSEST || scale > 20) {
      refusals.add(
          RefusalReason.INVALID_HISTOGRAM,
          1,
          "metric: " + shown(metricName) + " with scale " + scale + " (expected: -4 to 20)");
      return;
    }
    reader.reset(body, from, to);
    nativeHistogram.write(reader, scale, delta, stale, timeMillis, startMillis);
    if (nativeHistogram.writer().size() > limits.sliceBytes() / 2) {
      refusals.add(
          RefusalReason.INVALID_HISTOGRAM,
          1,
          "metric: "
              + shown(metricName)
              + " with "
              + nativeHistogram.writer().size()
              + " bytes of buckets (expected: at most "
              + limits.sliceBytes() / 2
              + ")");
      return;
    }
    if (begin(tenant, ValueText.utf8(prometheusName), null, NOTHING)) {
      slices.histogram(nativeHistogram.writer().array(), 0, nativeHistogram.writer().size());
      histograms++;
      newestMillis = Math.max(newestMillis, timeMillis);
      for (int i = 0; i < exemplarCount; i++) {
        exemplar(i);
      }
      describeSeries();
    }
  }

  private void summary(SeriesTenant tenant, int from, int to) {
    long count = 0;
    long sum = 0;
    ProtoReader reader = new ProtoReader(body, from, to);
    while (reader.next()) {
      switch (reader.field()) {
        case SummaryDataPoint.START_TIME_UNIX_NANO -> startMillis = millis(reader.fixed64());
        case SummaryDataPoint.TIME_UNIX_NANO -> timeMillis = millis(reader.fixed64());
        case SummaryDataPoint.COUNT -> count = reader.fixed64();
        case SummaryDataPoint.SUM -> sum = reader.fixed64();
        case SummaryDataPoint.ATTRIBUTES -> shallow &= resources.addAttribute(reader, point);
        case SummaryDataPoint.FLAGS -> flags(reader.int64());
        default -> reader.skip();
      }
    }
    if (!isPointTaken()
        || !begin(tenant, ValueText.utf8(prometheusName + "_count"), null, NOTHING)) {
      return;
    }
    sample(value(count));
    describeSeries();
    if (begin(tenant, ValueText.utf8(prometheusName + "_sum"), null, NOTHING)) {
      sample(stale ? StaleMarker.BITS : sum);
      describeSeries();
    }
    reader.reset(body, from, to);
    while (reader.next()) {
      if (reader.field() != SummaryDataPoint.QUANTILE_VALUES) {
        reader.skip();
        continue;
      }
      double quantile = 0;
      long bits = 0;
      int outer = reader.enter();
      while (reader.next()) {
        switch (reader.field()) {
          case SummaryDataPoint.QUANTILE -> quantile = reader.float64();
          case SummaryDataPoint.QUANTILE_VALUE -> bits = reader.fixed64();
          default -> reader.skip();
        }
      }
      reader.leave(outer);
      if (begin(tenant, ValueText.utf8(prometheusName), QUANTILE, bound(quantile))) {
        sample(stale ? StaleMarker.BITS : bits);
        describeSeries();
      }
    }
  }

  /** Checks the point's time and depth, and readies its attributes. */
  private boolean isPointTaken() {
    if (!shallow) {
      refusals.add(
          RefusalReason.NESTED_TOO_DEEP,
          1,
          "metric: " + shown(metricName) + " has an attribute that nests too deep");
      return false;
    }
    if (!TimeCheck.accepts(timeMillis, TimeUnit.NANOSECONDS, earliest, latest, refusals)) {
      return false;
    }
    point.sort();
    point.joinDuplicates();
    point.putAll(resources.scope());
    return true;
  }

  /** Names the series of the point with that name and perhaps one more label. */
  private boolean begin(
      SeriesTenant tenant,
      byte[] name,
      byte @org.jspecify.annotations.Nullable [] label,
      byte[] value) {
    series.copyFrom(point);
    series.put(NAME, name);
    if (label != null) {
      series.put(label, value);
    }
    return beginSeries(tenant);
  }

  private boolean beginSeries(SeriesTenant tenant) {
    series.dropEmpty();
    series.sort();
    if (!SeriesCheck.accepts(series, limits, 1, refusals)) {
      return false;
    }
    long hash = tenant.hash().ofSeries(series);
    if (!tenant.admits(hash, series, 1, now, refusals)) {
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
    slices.series(partition, ids, size * 2, bytes);
    return true;
  }

  private void sample(long bits) {
    slices.sample(bits, timeMillis, startMillis);
    samples++;
    newestMillis = Math.max(newestMillis, timeMillis);
  }

  private void describeSeries() {
    slices.metadata(type, help, unit, describedBytes);
  }

  private long value(long count) {
    return stale ? StaleMarker.BITS : Double.doubleToRawLongBits((double) count);
  }

  private void targetInfo(SeriesTenant tenant) {
    series.copyFrom(resources.info());
    series.put(NAME, TARGET_INFO);
    if (!beginSeries(tenant)) {
      return;
    }
    timeMillis = newestMillis;
    slices.sample(Double.doubleToRawLongBits(1), newestMillis, 0);
    samples++;
    slices.metadata(Metadata.TYPE_INFO, 0, 0, 0);
  }

  private void noteExemplar(ProtoReader reader) {
    int length = reader.length();
    if (exemplarCount < MOST_EXEMPLARS) {
      exemplarFrom[exemplarCount] = reader.position();
      exemplarTo[exemplarCount] = reader.position() + length;
      exemplarCount++;
    }
    reader.advance(length);
  }

  private void exemplarsBetween(double lower, double upper) {
    for (int i = 0; i < exemplarCount; i++) {
      double value = exemplarValue(i);
      if (value > lower && value <= upper) {
        exemplar(i);
      }
    }
  }

  private double exemplarValue(int index) {
    ProtoReader reader = new ProtoReader(body, exemplarFrom[index], exemplarTo[index]);
    double value = 0;
    while (reader.next()) {
      switch (reader.field()) {
        case Exemplar.AS_DOUBLE -> value = reader.float64();
        case Exemplar.AS_INT -> value = (double) reader.fixed64();
        default -> reader.skip();
      }
    }
    return value;
  }

  private void exemplar(int index) {
    exemplarLabels.clear();
    long time = 0;
    boolean taken = true;
    ProtoReader reader = new ProtoReader(body, exemplarFrom[index], exemplarTo[index]);
    while (reader.next()) {
      switch (reader.field()) {
        case Exemplar.TIME_UNIX_NANO -> time = millis(reader.fixed64());
        case Exemplar.TRACE_ID -> addId(TRACE_ID, reader.byteArray());
        case Exemplar.SPAN_ID -> addId(SPAN_ID, reader.byteArray());
        case Exemplar.FILTERED_ATTRIBUTES ->
            taken &= resources.addAttribute(reader, exemplarLabels);
        default -> reader.skip();
      }
    }
    exemplarLabels.sort();
    exemplarLabels.joinDuplicates();
    int size = exemplarLabels.size();
    int[] labels = new int[size * 2];
    int bytes = 0;
    byte[] source = exemplarLabels.bytes();
    for (int i = 0; i < size && taken; i++) {
      int nameFrom = exemplarLabels.nameFrom(i);
      int nameTo = exemplarLabels.nameTo(i);
      int valueFrom = exemplarLabels.valueFrom(i);
      int valueTo = exemplarLabels.valueTo(i);
      bytes += nameTo - nameFrom + valueTo - valueFrom + 16;
      taken = bytes <= limits.labelValueBytes() && Utf8.isValid(source, valueFrom, valueTo);
      labels[2 * i] = slices.symbols().intern(source, nameFrom, nameTo);
      labels[2 * i + 1] = slices.symbols().intern(source, valueFrom, valueTo);
    }
    if (!taken) {
      refusals.warn("metric: " + shown(metricName) + ": exemplar left out (labels too large)");
      return;
    }
    long bits = Double.doubleToRawLongBits(exemplarValue(index));
    slices.exemplar(labels, size * 2, bytes, bits, time);
    exemplars++;
  }

  private void addId(byte[] name, byte[] id) {
    if (id.length == 16 || id.length == 8) {
      exemplarLabels.add(name, ValueText.utf8(HexFormat.of().formatHex(id)));
    }
  }

  private byte[] bound(double value) {
    return bounds.computeIfAbsent(value, v -> ValueText.utf8(ValueText.number(v)));
  }

  private void flags(long flags) {
    stale = (flags & Otlp.FLAG_NO_RECORDED_VALUE) != 0;
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

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  private static String shown(String name) {
    return name.length() <= 80 ? name : name.substring(0, 80);
  }
}
