package io.aom.ingest.otlp;

import io.aom.telemetry.otlp.Otlp.Metric;
import io.aom.telemetry.otlp.PrometheusNames.Kind;
import io.aom.telemetry.remotewrite.RemoteWriteV2.Metadata;
import io.aom.telemetry.wire.ProtoReader;

/** What a metric says besides its data points. Not thread-safe; reusable. */
final class MetricInHand {
  private static final int SHOWN = 80;

  private final ProtoReader reader = new ProtoReader(new byte[0]);
  private String name = "";
  private String description = "";
  private String unit = "";
  private int data;
  private int dataFrom;
  private int dataTo;
  private int points;
  private int temporality;
  private boolean monotonic;

  /** Reads the metric in {@code body[from, to)}. */
  void read(byte[] body, int from, int to) {
    name = "";
    description = "";
    unit = "";
    data = 0;
    dataFrom = 0;
    dataTo = 0;
    reader.reset(body, from, to);
    while (reader.next()) {
      switch (reader.field()) {
        case Metric.NAME -> name = reader.string();
        case Metric.DESCRIPTION -> description = reader.string();
        case Metric.UNIT -> unit = reader.string();
        case Metric.GAUGE,
            Metric.SUM,
            Metric.HISTOGRAM,
            Metric.EXPONENTIAL_HISTOGRAM,
            Metric.SUMMARY -> {
          data = reader.field();
          int length = reader.length();
          dataFrom = reader.position();
          dataTo = dataFrom + length;
          reader.advance(length);
        }
        default -> reader.skip();
      }
    }
    readData(body);
  }

  private void readData(byte[] body) {
    points = 0;
    temporality = 0;
    monotonic = false;
    reader.reset(body, dataFrom, dataTo);
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
  }

  /** Lets go of the request. */
  void release() {
    reader.reset(new byte[0], 0, 0);
  }

  String name() {
    return name;
  }

  /** The name for a message, cut if long. */
  String shown() {
    return name.length() <= SHOWN ? name : name.substring(0, SHOWN);
  }

  String description() {
    return description;
  }

  String unit() {
    return unit;
  }

  /** Which field of the metric has the data points; 0 if none has. */
  int data() {
    return data;
  }

  /** Where the message with the data points begins. */
  int dataFrom() {
    return dataFrom;
  }

  int dataTo() {
    return dataTo;
  }

  int points() {
    return points;
  }

  int temporality() {
    return temporality;
  }

  boolean isDelta() {
    return temporality == Metric.TEMPORALITY_DELTA;
  }

  /** Whether its points can be told in time: most kinds have to say what they count from. */
  boolean hasKnownTemporality() {
    return data == Metric.GAUGE
        || data == Metric.SUMMARY
        || temporality == Metric.TEMPORALITY_CUMULATIVE
        || temporality == Metric.TEMPORALITY_DELTA;
  }

  /** What its name shows of it. */
  Kind kind() {
    if (data == Metric.SUM) {
      return monotonic ? Kind.COUNTER : Kind.OTHER;
    }
    return data == Metric.GAUGE ? Kind.GAUGE : Kind.OTHER;
  }

  /** Its type as remote write has it; deltas have none. */
  int type() {
    if (isDelta()) {
      return Metadata.TYPE_UNSPECIFIED;
    }
    return switch (data) {
      case Metric.SUMMARY -> Metadata.TYPE_SUMMARY;
      case Metric.HISTOGRAM, Metric.EXPONENTIAL_HISTOGRAM -> Metadata.TYPE_HISTOGRAM;
      case Metric.SUM -> monotonic ? Metadata.TYPE_COUNTER : Metadata.TYPE_GAUGE;
      default -> Metadata.TYPE_GAUGE;
    };
  }
}
