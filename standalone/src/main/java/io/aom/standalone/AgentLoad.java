package io.aom.standalone;

import io.aom.telemetry.otlp.Otlp.AnyValue;
import io.aom.telemetry.otlp.Otlp.Envelope;
import io.aom.telemetry.otlp.Otlp.HistogramDataPoint;
import io.aom.telemetry.otlp.Otlp.LogRecord;
import io.aom.telemetry.otlp.Otlp.Metric;
import io.aom.telemetry.otlp.Otlp.NumberDataPoint;
import io.aom.telemetry.otlp.Otlp.Resource;
import io.aom.telemetry.otlp.Otlp.Span;
import io.aom.telemetry.otlp.OtlpFields;
import io.aom.telemetry.remotewrite.RemoteWriteV1;
import io.aom.telemetry.remotewrite.SymbolTable;
import io.aom.telemetry.remotewrite.WriteRequestBuilder;
import io.aom.telemetry.wire.ProtoWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.xerial.snappy.Snappy;

/**
 * What one agent sends in bulk, in the binary forms of each protocol: the same series, services and
 * hosts again and again, a step later each time, so that {@link Exercise} fills most of its past.
 * Not thread-safe.
 */
final class AgentLoad {
  /** Counters that {@code training_one_0_total} and so on, by each remote write protocol, count. */
  static final int METRICS = 20;

  private static final int SERIES = 6 * METRICS;
  private static final int RECORDS = 50;
  private static final int TRACES = 12;
  private static final int BUCKETS = 8;
  private static final long STEP_MILLIS = 4_000;
  private static final String[] WORDS = {
    "request", "took", "order", "user", "cache", "missed", "payment", "retried", "item", "stored"
  };

  private final String agent;
  private final long startMillis;
  private final SplittableRandom random;
  private final ProtoWriter writer = new ProtoWriter(1 << 16);
  private final SymbolTable symbols = new SymbolTable();
  private final WriteRequestBuilder second = new WriteRequestBuilder(symbols);
  private final long[] values = new long[SERIES];
  private long step;

  /** Where the resource at hand begins in the writer, with its scopes. */
  private int resourcesBegun;

  /**
   * @param agent tells it from others
   * @param startMillis epoch milliseconds of the first step
   */
  AgentLoad(String agent, long startMillis) {
    this.agent = agent;
    this.startMillis = startMillis;
    this.random = new SplittableRandom(agent.hashCode());
  }

  /** Goes a step further in time. */
  void next() {
    step++;
    for (int i = 0; i < SERIES; i++) {
      values[i] += random.nextInt(1_000);
    }
  }

  /** Remote write 1.0, snappy. */
  byte[] remoteWrite() throws IOException {
    writer.clear();
    for (int i = 0; i < SERIES; i++) {
      int series = writer.begin(RemoteWriteV1.Request.TIME_SERIES);
      String[] labels = labels("one", i);
      for (int l = 0; l < labels.length; l += 2) {
        int label = writer.begin(RemoteWriteV1.TimeSeries.LABELS);
        writer.string(RemoteWriteV1.Label.NAME, labels[l]);
        writer.string(RemoteWriteV1.Label.VALUE, labels[l + 1]);
        writer.end(label);
      }
      int sample = writer.begin(RemoteWriteV1.TimeSeries.SAMPLES);
      writer.float64(RemoteWriteV1.Sample.VALUE, value(i));
      writer.varint(RemoteWriteV1.Sample.TIMESTAMP, millis());
      writer.end(sample);
      writer.end(series);
    }
    return Snappy.compress(writer.toByteArray());
  }

  /** Remote write 2.0, snappy. */
  byte[] remoteWriteTwo() throws IOException {
    symbols.clear();
    second.clear();
    for (int i = 0; i < SERIES; i++) {
      String[] labels = labels("two", i);
      int[] refs = new int[labels.length];
      for (int l = 0; l < labels.length; l++) {
        byte[] text = labels[l].getBytes(StandardCharsets.UTF_8);
        refs[l] = symbols.intern(text, 0, text.length);
      }
      second.beginSeries(refs, 0, refs.length);
      second.sample(Double.doubleToRawLongBits(value(i)), millis(), 0);
      second.endSeries();
    }
    return Snappy.compress(second.toByteArray());
  }

  /** A third of counters, gauges and histograms each. */
  byte[] metrics() {
    int resource = beginResource();
    for (int i = 0; i < SERIES / BUCKETS; i++) {
      int metric = writer.begin(Envelope.RECORDS);
      writer.string(Metric.NAME, "training.load." + i);
      writer.string(Metric.UNIT, "s");
      int kind = i % 3;
      int data = writer.begin(kind == 0 ? Metric.SUM : kind == 1 ? Metric.GAUGE : Metric.HISTOGRAM);
      for (int point = 0; point < BUCKETS; point++) {
        if (kind == 2) {
          histogram(i, point);
        } else {
          number(kind == 0, i, point);
        }
      }
      if (kind != 1) {
        writer.varint(Metric.AGGREGATION_TEMPORALITY, Metric.TEMPORALITY_CUMULATIVE);
      }
      if (kind == 0) {
        writer.varint(Metric.SUM_IS_MONOTONIC, 1);
      }
      writer.end(data);
      writer.end(metric);
    }
    return endResource(resource);
  }

  byte[] logs() {
    int resource = beginResource();
    for (int i = 0; i < RECORDS; i++) {
      int record = writer.begin(Envelope.RECORDS);
      writer.fixed64(LogRecord.TIME_UNIX_NANO, nanos(i));
      writer.varint(LogRecord.SEVERITY_NUMBER, i % 10 == 0 ? 17 : 9);
      writer.string(LogRecord.SEVERITY_TEXT, i % 10 == 0 ? "ERROR" : "INFO");
      int body = writer.begin(LogRecord.BODY);
      writer.string(AnyValue.STRING, sentence());
      writer.end(body);
      OtlpFields.attribute(writer, LogRecord.ATTRIBUTES, "thread", "worker-" + i % 4);
      OtlpFields.id(writer, LogRecord.TRACE_ID, step, i);
      writer.end(record);
    }
    return endResource(resource);
  }

  /** Each trace is a server's span, a client's below it, and one inside. */
  byte[] spans() {
    int resource = beginResource();
    for (int i = 0; i < TRACES; i++) {
      long trace = random.nextLong();
      long root = random.nextLong();
      span(trace, root, 0, 2, "GET /orders", i);
      span(trace, root + 1, root, 3, "POST /payments", i);
      span(trace, root + 2, root, 1, "render", i);
    }
    return endResource(resource);
  }

  private String[] labels(String protocol, int series) {
    return new String[] {
      "__name__",
      "training_" + protocol + '_' + series % METRICS + "_total",
      "agent",
      agent,
      "cluster",
      "training",
      "instance",
      "10.0.0." + series / METRICS + ":9100",
      "job",
      "training",
      "namespace",
      "team-" + series % 7,
      "pod",
      "app-" + series / METRICS + '-' + Integer.toHexString((series / METRICS + 1) * 0x9e3779b9)
    };
  }

  private double value(int series) {
    return series % 4 == 0 ? values[series] / 8.0 : values[series];
  }

  /** Returns what {@link #endResource} wants. */
  private int beginResource() {
    writer.clear();
    int resources = writer.begin(Envelope.RESOURCES);
    int resource = writer.begin(Envelope.RESOURCE);
    OtlpFields.attribute(writer, Resource.ATTRIBUTES, "service.name", "training-" + agent);
    OtlpFields.attribute(writer, Resource.ATTRIBUTES, "service.instance.id", agent);
    OtlpFields.attribute(writer, Resource.ATTRIBUTES, "host.name", "training-host");
    writer.end(resource);
    resourcesBegun = resources;
    return writer.begin(Envelope.SCOPES);
  }

  private byte[] endResource(int scopes) {
    writer.end(scopes);
    writer.end(resourcesBegun);
    return writer.toByteArray();
  }

  private void number(boolean whole, int metric, int point) {
    int number = writer.begin(Metric.DATA_POINTS);
    writer.fixed64(NumberDataPoint.START_TIME_UNIX_NANO, startMillis * 1_000_000);
    writer.fixed64(NumberDataPoint.TIME_UNIX_NANO, nanos(0));
    int series = metric * BUCKETS + point;
    if (whole) {
      writer.fixed64(NumberDataPoint.AS_INT, values[series]);
    } else {
      writer.float64(NumberDataPoint.AS_DOUBLE, value(series));
    }
    OtlpFields.attribute(writer, NumberDataPoint.ATTRIBUTES, "point", "p" + point);
    writer.end(number);
  }

  private void histogram(int metric, int point) {
    int histogram = writer.begin(Metric.DATA_POINTS);
    writer.fixed64(HistogramDataPoint.START_TIME_UNIX_NANO, startMillis * 1_000_000);
    writer.fixed64(HistogramDataPoint.TIME_UNIX_NANO, nanos(0));
    long count = values[metric * BUCKETS + point];
    writer.fixed64(HistogramDataPoint.COUNT, count * (BUCKETS + 1));
    writer.float64(HistogramDataPoint.SUM, count * 2.5);
    int counts = writer.begin(HistogramDataPoint.BUCKET_COUNTS);
    for (int i = 0; i <= BUCKETS; i++) {
      writer.packedFixed64(count);
    }
    writer.end(counts);
    int bounds = writer.begin(HistogramDataPoint.EXPLICIT_BOUNDS);
    for (int i = 0; i < BUCKETS; i++) {
      writer.packedFixed64(Double.doubleToRawLongBits(0.005 * (1 << i)));
    }
    writer.end(bounds);
    OtlpFields.attribute(writer, HistogramDataPoint.ATTRIBUTES, "point", "p" + point);
    writer.end(histogram);
  }

  private void span(long trace, long id, long parent, int kind, String name, int index) {
    int span = writer.begin(Envelope.RECORDS);
    OtlpFields.id(writer, Span.TRACE_ID, trace, trace);
    OtlpFields.id(writer, Span.SPAN_ID, id);
    if (parent != 0) {
      OtlpFields.id(writer, Span.PARENT_SPAN_ID, parent);
    }
    writer.string(Span.NAME, name);
    writer.varint(Span.KIND, kind);
    writer.fixed64(Span.START_TIME_UNIX_NANO, nanos(index));
    writer.fixed64(Span.END_TIME_UNIX_NANO, nanos(index) + random.nextInt(50_000_000));
    OtlpFields.attribute(writer, Span.ATTRIBUTES, "http.route", "/orders");
    OtlpFields.attribute(writer, Span.ATTRIBUTES, "server.address", "payments");
    writer.end(span);
  }

  private String sentence() {
    StringBuilder sentence = new StringBuilder();
    for (int i = 0; i < 24; i++) {
      sentence.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
    }
    return sentence.append(random.nextInt(100_000)).toString();
  }

  private long millis() {
    return startMillis + step * STEP_MILLIS;
  }

  private long nanos(int after) {
    return millis() * 1_000_000 + after * 1_000L;
  }
}
