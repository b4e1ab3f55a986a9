package io.aom.ingest.otlp;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Refusals;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.intake.SliceMemory;
import io.aom.ingest.remotewrite.MetricSlices;
import io.aom.ingest.remotewrite.MetricSplit;
import io.aom.ingest.series.SeriesTenant;
import io.aom.telemetry.otlp.Otlp.Envelope;
import io.aom.telemetry.otlp.Otlp.Metric;
import io.aom.telemetry.wire.ProtoReader;

/**
 * Turns an {@code ExportMetricsServiceRequest} into remote write 2.0 requests for the partitions of
 * the metrics topic: gauges and sums one series each, histograms the classic {@code _bucket},
 * {@code _count} and {@code _sum} or, if the translation says so, native ones; exponential
 * histograms native ones, summaries their quantiles. Names, labels and values are those that
 * Prometheus' own receiver of OTLP makes.
 *
 * <p>Deltas stay deltas: nobody here sees all points of a series to add them up. They bear the
 * names of counters and histograms but not the type, as in Prometheus.
 *
 * <p>Refusals count data points, items count samples. Not thread-safe. Reusable; grows with the
 * largest request it has seen.
 */
public final class OtlpMetricSplitter {
  private static final byte[] NOTHING = new byte[0];

  private final MetricSlices slices;
  private final SliceLimits limits;
  private final ResourceLabels resources;
  private final MetricNames names;
  private final MetricInHand metric = new MetricInHand();
  private final DataPoint point;
  private final Exemplars exemplars;
  private final SeriesWriter writer;
  private final Points numbers;
  private final Points histograms;
  private final Points exponentials;
  private final Points summaries;
  private final ProtoReader points = new ProtoReader(NOTHING);
  private final ProtoReader fields = new ProtoReader(NOTHING);
  private byte[] body = NOTHING;
  private Refusals refusals = new Refusals();

  /**
   * @param partitions of the metrics topic
   */
  public OtlpMetricSplitter(int partitions, SliceLimits limits, OtlpTranslation translation) {
    slices = new MetricSlices(partitions, limits.sliceBytes());
    this.limits = limits;
    names = new MetricNames(translation.names());
    resources = new ResourceLabels(translation, limits);
    exemplars = new Exemplars(slices);
    point = new DataPoint(resources, exemplars, translation.names(), limits);
    writer = new SeriesWriter(slices, limits, translation.typeAndUnitLabels());
    numbers = new NumberPoints(point, writer);
    histograms = new HistogramPoints(point, writer, translation.customBuckets());
    exponentials = new ExponentialPoints(point, writer);
    summaries = new SummaryPoints(point, writer);
  }

  /**
   * Splits {@code bytes[from, to)}.
   *
   * @param nowMillis our clock, epoch milliseconds
   * @throws io.aom.telemetry.wire.MalformedWireException if the request cannot be read; nothing of
   *     it is to be stored
   */
  public MetricSplit split(SeriesTenant tenant, byte[] bytes, int from, int to, long nowMillis) {
    return split(tenant, bytes, from, to, nowMillis, SliceMemory.UNBOUNDED);
  }

  /**
   * The same with slices that are paid for.
   *
   * @throws io.aom.telemetry.RejectedException if there is no room for them
   */
  public MetricSplit split(
      SeriesTenant tenant, byte[] bytes, int from, int to, long nowMillis, SliceMemory memory) {
    begin(tenant, bytes, nowMillis);
    slices.begin(memory);
    ProtoReader request = new ProtoReader(bytes, from, to);
    while (request.next()) {
      if (request.field() == Envelope.RESOURCES) {
        int length = request.length();
        resource(tenant, request.position(), request.position() + length);
        request.advance(length);
      } else {
        request.skip();
      }
    }
    MetricSplit split =
        new MetricSplit(
            slices.finish(),
            writer.samples(),
            writer.histograms(),
            exemplars.taken(),
            MetricSplit.Duplicates.NONE,
            refusals);
    release();
    return split;
  }

  private void begin(SeriesTenant tenant, byte[] bytes, long nowMillis) {
    body = bytes;
    refusals = new Refusals();
    tenant.active().begin(nowMillis);
    names.trim();
    exemplars.begin(bytes, nowMillis - limits.pastMillis(), nowMillis + limits.futureMillis());
    writer.beginRequest(refusals, nowMillis);
  }

  /** What a splitter keeps between requests is small. */
  private void release() {
    body = NOTHING;
    points.reset(NOTHING, 0, 0);
    fields.reset(NOTHING, 0, 0);
    metric.release();
    exemplars.release();
    point.release();
    resources.release();
  }

  private void resource(SeriesTenant tenant, int from, int to) {
    resources.clear();
    writer.beginResource();
    ProtoReader reader = new ProtoReader(body, from, to);
    while (reader.next()) {
      if (reader.field() == Envelope.RESOURCE) {
        int outer = reader.enter();
        resources.readResource(reader, tenant.pairs());
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
    if (resources.nameless() > 0) {
      refusals.warn(
          "resource: an attribute left out whose key makes no label (expected: a letter or digit"
              + " in it)");
    }
    if (resources.hasInfo()) {
      writer.info(tenant, resources.info(), resources.leftOut());
    }
  }

  private void scope(SeriesTenant tenant, int from, int to) {
    resources.noScope();
    byte[] schemaUrl = NOTHING;
    int scopeFrom = from;
    int scopeTo = from;
    ProtoReader reader = new ProtoReader(body, from, to);
    while (reader.next()) {
      switch (reader.field()) {
        case Envelope.SCOPE -> {
          int length = reader.length();
          scopeFrom = reader.position();
          scopeTo = scopeFrom + length;
          reader.advance(length);
        }
        case Envelope.SCHEMA_URL -> schemaUrl = reader.byteArray();
        default -> reader.skip();
      }
    }
    reader.reset(body, scopeFrom, scopeTo);
    resources.readScope(reader, schemaUrl);
    reader.reset(body, from, to);
    while (reader.next()) {
      if (reader.field() == Envelope.RECORDS) {
        int length = reader.length();
        metric.read(body, reader.position(), reader.position() + length);
        metric(tenant);
        reader.advance(length);
      } else {
        reader.skip();
      }
    }
  }

  private void metric(SeriesTenant tenant) {
    if (metric.points() == 0) {
      return;
    }
    if (!metric.hasKnownTemporality()) {
      writer.refuse(
          RefusalReason.UNSUPPORTED_METRIC,
          metric.points(),
          metric,
          " has temporality " + metric.temporality() + " (expected: 1, delta, or 2, cumulative)");
      return;
    }
    writer.describe(metric);
    MetricNames.Names series = names.of(metric.name(), metric.unit(), metric.kind());
    if (series.plain().length == 0) {
      writer.refuse(
          RefusalReason.MISSING_METRIC_NAME,
          metric.points(),
          metric,
          " (expected: a name with a letter or digit)");
      return;
    }
    Points kind = kind();
    points.reset(body, metric.dataFrom(), metric.dataTo());
    while (points.next()) {
      if (points.field() == Metric.DATA_POINTS) {
        int length = points.length();
        point.clear();
        fields.reset(body, points.position(), points.position() + length);
        kind.split(tenant, metric, series, fields);
        points.advance(length);
      } else {
        points.skip();
      }
    }
  }

  private Points kind() {
    return switch (metric.data()) {
      case Metric.GAUGE, Metric.SUM -> numbers;
      case Metric.HISTOGRAM -> histograms;
      case Metric.EXPONENTIAL_HISTOGRAM -> exponentials;
      default -> summaries;
    };
  }
}
