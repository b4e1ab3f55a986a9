package io.aom.ingest.otlp;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.series.SeriesTenant;
import io.aom.telemetry.otlp.Otlp.ExponentialHistogramDataPoint;
import io.aom.telemetry.wire.ProtoReader;

/** Data points of exponential histograms: a native histogram each. Not thread-safe; reusable. */
final class ExponentialPoints implements Points {
  private final DataPoint point;
  private final SeriesWriter writer;
  private final NativeHistogram histogram = new NativeHistogram();

  ExponentialPoints(DataPoint point, SeriesWriter writer) {
    this.point = point;
    this.writer = writer;
  }

  @Override
  public void split(
      SeriesTenant tenant, MetricInHand metric, MetricNames.Names names, ProtoReader reader) {
    int scale = 0;
    int from = reader.position();
    while (reader.next()) {
      switch (reader.field()) {
        case ExponentialHistogramDataPoint.ATTRIBUTES -> point.attribute(reader);
        case ExponentialHistogramDataPoint.START_TIME_UNIX_NANO -> point.start(reader);
        case ExponentialHistogramDataPoint.TIME_UNIX_NANO -> point.time(reader);
        case ExponentialHistogramDataPoint.SCALE -> scale = (int) reader.sint64();
        case ExponentialHistogramDataPoint.FLAGS -> point.flags(reader);
        case ExponentialHistogramDataPoint.EXEMPLARS -> point.exemplar(reader);
        default -> reader.skip();
      }
    }
    int to = reader.position();
    if (!writer.takes(tenant, metric, point)) {
      return;
    }
    if (scale < NativeHistogram.COARSEST) {
      writer.refuse(
          RefusalReason.INVALID_HISTOGRAM,
          1,
          metric,
          " with scale " + scale + " (expected: at least -4)");
      return;
    }
    reader.reset(reader.bytes(), from, to);
    String fault = histogram.write(reader, scale, metric.isDelta(), point);
    writer.histogram(tenant, metric, point, names.plain(), histogram.writer(), fault);
  }
}
