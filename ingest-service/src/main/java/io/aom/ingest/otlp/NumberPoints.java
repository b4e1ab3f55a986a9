package io.aom.ingest.otlp;

import io.aom.ingest.series.SeriesTenant;
import io.aom.telemetry.otlp.Otlp.NumberDataPoint;
import io.aom.telemetry.wire.ProtoReader;

/** Data points of gauges and sums: a series each. Not thread-safe; reusable. */
final class NumberPoints implements Points {
  private final DataPoint point;
  private final SeriesWriter writer;

  NumberPoints(DataPoint point, SeriesWriter writer) {
    this.point = point;
    this.writer = writer;
  }

  @Override
  public void split(
      SeriesTenant tenant, MetricInHand metric, MetricNames.Names names, ProtoReader reader) {
    long bits = 0;
    while (reader.next()) {
      switch (reader.field()) {
        case NumberDataPoint.START_TIME_UNIX_NANO -> point.start(reader);
        case NumberDataPoint.TIME_UNIX_NANO -> point.time(reader);
        case NumberDataPoint.AS_DOUBLE -> bits = reader.fixed64();
        case NumberDataPoint.AS_INT -> bits = Double.doubleToRawLongBits((double) reader.fixed64());
        case NumberDataPoint.EXEMPLARS -> point.exemplar(reader);
        case NumberDataPoint.ATTRIBUTES -> point.attribute(reader);
        case NumberDataPoint.FLAGS -> point.flags(reader);
        default -> reader.skip();
      }
    }
    if (writer.takes(tenant, metric, point) && writer.begin(tenant, point, names.plain())) {
      writer.sample(point, bits);
      writer.exemplars(metric, point);
      writer.end();
    }
  }
}
