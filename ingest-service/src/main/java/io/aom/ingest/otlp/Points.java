package io.aom.ingest.otlp;

import io.aom.ingest.series.SeriesTenant;
import io.aom.telemetry.wire.ProtoReader;

/** Makes series of the data points of one kind of metric. */
interface Points {
  /**
   * Writes the series of one data point, or counts why it is refused.
   *
   * @param names of the metric's series
   * @param reader narrowed to the data point
   */
  void split(SeriesTenant tenant, MetricInHand metric, MetricNames.Names names, ProtoReader reader);
}
