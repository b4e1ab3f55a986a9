package io.aom.ingest.otlp;

import io.aom.ingest.series.SeriesTenant;
import io.aom.telemetry.otlp.Otlp.SummaryDataPoint;
import io.aom.telemetry.otlp.ValueText;
import io.aom.telemetry.wire.ProtoReader;

/** Data points of summaries: count, sum and a series for each quantile. Not thread-safe. */
final class SummaryPoints implements Points {
  private static final byte[] QUANTILE = ValueText.utf8("quantile");

  private final DataPoint point;
  private final SeriesWriter writer;

  SummaryPoints(DataPoint point, SeriesWriter writer) {
    this.point = point;
    this.writer = writer;
  }

  @Override
  public void split(
      SeriesTenant tenant, MetricInHand metric, MetricNames.Names names, ProtoReader reader) {
    long count = 0;
    long sum = 0;
    int from = reader.position();
    while (reader.next()) {
      switch (reader.field()) {
        case SummaryDataPoint.START_TIME_UNIX_NANO -> point.start(reader);
        case SummaryDataPoint.TIME_UNIX_NANO -> point.time(reader);
        case SummaryDataPoint.COUNT -> count = reader.fixed64();
        case SummaryDataPoint.SUM -> sum = reader.fixed64();
        case SummaryDataPoint.ATTRIBUTES -> point.attribute(reader);
        case SummaryDataPoint.FLAGS -> point.flags(reader);
        default -> reader.skip();
      }
    }
    int to = reader.position();
    if (!writer.takes(tenant, metric, point)) {
      return;
    }
    if (writer.begin(tenant, point, names.count())) {
      writer.count(point, count);
      writer.end();
    }
    if (writer.begin(tenant, point, names.sum())) {
      writer.sample(point, sum);
      writer.end();
    }
    reader.reset(reader.bytes(), from, to);
    quantiles(tenant, names.plain(), reader);
  }

  private void quantiles(SeriesTenant tenant, byte[] name, ProtoReader reader) {
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
      if (writer.begin(tenant, point, name, QUANTILE, writer.bound(quantile))) {
        writer.sample(point, bits);
        writer.end();
      }
    }
  }
}
