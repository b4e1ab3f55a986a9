package io.aom.ingest.otlp;

import io.aom.ingest.intake.Refusals;
import io.aom.ingest.intake.TimeCheck;
import io.aom.ingest.remotewrite.MetricSlices;
import io.aom.telemetry.labels.LabelBuffer;
import io.aom.telemetry.labels.Utf8;
import io.aom.telemetry.otlp.Otlp.Exemplar;
import io.aom.telemetry.otlp.ValueText;
import io.aom.telemetry.wire.ProtoReader;
import java.util.HexFormat;

/**
 * The exemplars of a data point. Their labels are the ids of trace and span, and the attributes by
 * their keys as they came, if all of them are no more than 128 characters; more would not be an
 * exemplar to Prometheus. Those whose time is not taken are counted as refused, which is no fault
 * of the data point. Not thread-safe; reusable.
 */
final class Exemplars {
  private static final byte[] TRACE_ID = ValueText.utf8("trace_id");
  private static final byte[] SPAN_ID = ValueText.utf8("span_id");
  private static final byte[] NOTHING = new byte[0];
  private static final int TRACE_ID_BYTES = 16;
  private static final int SPAN_ID_BYTES = 8;

  /** Of one data point; looked through for each of its buckets. */
  private static final int MOST = 64;

  private static final int MOST_CHARACTERS = 128;

  private final MetricSlices slices;
  private final LabelBuffer labels = new LabelBuffer();
  private final LabelBuffer attributes = new LabelBuffer();
  private final Attribute attribute = new Attribute();
  private final ProtoReader reader = new ProtoReader(NOTHING);
  private final int[] from = new int[MOST];
  private final int[] to = new int[MOST];
  private final double[] values = new double[MOST];
  private final boolean[] hasValue = new boolean[MOST];
  private int size;
  private int noted;
  private byte[] body = NOTHING;
  private long earliest;
  private long latest;
  private long taken;

  Exemplars(MetricSlices slices) {
    this.slices = slices;
  }

  /** Starts a request; the times taken are {@code [earliest, latest]}, epoch milliseconds. */
  void begin(byte[] newBody, long earliestMillis, long latestMillis) {
    body = newBody;
    earliest = earliestMillis;
    latest = latestMillis;
    reader.reset(newBody, 0, 0);
    attribute.release();
    clear();
    taken = 0;
  }

  /** Lets go of the request. */
  void release() {
    begin(NOTHING, 0, 0);
  }

  /** How many of the request's were written. */
  long taken() {
    return taken;
  }

  /** Starts a data point. */
  void clear() {
    size = 0;
    noted = 0;
  }

  /** Remembers the exemplar that the reader stands before, and leaves it behind. */
  void note(ProtoReader point) {
    int length = point.length();
    if (size < MOST) {
      from[size] = point.position();
      to[size] = point.position() + length;
      readValue(size);
      size++;
    }
    noted++;
    point.advance(length);
  }

  /** Writes all to the series that was begun last. */
  void write(MetricInHand metric, DataPoint point, Refusals refusals) {
    for (int i = 0; i < size; i++) {
      write(i, metric, point, refusals);
    }
    warnOfMore(metric, refusals);
  }

  /**
   * Writes those with {@code lower < value <= upper}, and with a lower bound of minus infinity also
   * those that have this value; NaN lies above all bounds.
   */
  void writeBetween(
      double lower, double upper, MetricInHand metric, DataPoint point, Refusals refusals) {
    boolean last = upper == Double.POSITIVE_INFINITY;
    for (int i = 0; i < size; i++) {
      double value = values[i];
      boolean above = value > lower || lower == Double.NEGATIVE_INFINITY || Double.isNaN(value);
      if (above && (value <= upper || (last && Double.isNaN(value)))) {
        write(i, metric, point, refusals);
      }
    }
    if (last) {
      warnOfMore(metric, refusals);
    }
  }

  private void warnOfMore(MetricInHand metric, Refusals refusals) {
    if (noted > MOST) {
      refusals.warn(
          "metric: "
              + metric.shown()
              + ": "
              + noted
              + " exemplars of a data point (expected: at most "
              + MOST
              + "; the others are left out)");
    }
  }

  private void readValue(int index) {
    reader.reset(body, from[index], to[index]);
    values[index] = 0;
    hasValue[index] = false;
    while (reader.next()) {
      switch (reader.field()) {
        case Exemplar.AS_DOUBLE -> value(index, reader.float64());
        case Exemplar.AS_INT -> value(index, (double) reader.fixed64());
        default -> reader.skip();
      }
    }
  }

  private void value(int index, double value) {
    values[index] = value;
    hasValue[index] = true;
  }

  private void write(int index, MetricInHand metric, DataPoint point, Refusals refusals) {
    if (!hasValue[index]) {
      refusals.warn("metric: " + metric.shown() + ": exemplar without a value left out");
      return;
    }
    labels.clear();
    attributes.clear();
    long time = 0;
    boolean readable = true;
    reader.reset(body, from[index], to[index]);
    while (reader.next()) {
      switch (reader.field()) {
        case Exemplar.TIME_UNIX_NANO -> time = TimeCheck.millis(reader.fixed64());
        case Exemplar.TRACE_ID -> addId(TRACE_ID, TRACE_ID_BYTES);
        case Exemplar.SPAN_ID -> addId(SPAN_ID, SPAN_ID_BYTES);
        case Exemplar.FILTERED_ATTRIBUTES -> readable &= addAttribute();
        default -> reader.skip();
      }
    }
    if (!readable) {
      refusals.warn(
          "metric: "
              + metric.shown()
              + ": attributes of an exemplar left out (expected: UTF-8, not nested too deep)");
    } else if (characters(labels) + characters(attributes) <= MOST_CHARACTERS) {
      labels.addMissing(attributes);
    }
    labels.dropEmpty();
    labels.sort();
    if (!slices.isSeriesOpen()) {
      return; // its sample was refused
    }
    long timeMillis = time == 0 ? point.timeMillis() : time;
    if (TimeCheck.acceptsExemplar(timeMillis, earliest, latest, refusals)) {
      write(values[index], timeMillis);
    }
  }

  private void write(double value, long timeMillis) {
    int count = labels.size();
    int[] symbols = new int[count * 2];
    int bytes = 0;
    byte[] source = labels.bytes();
    for (int i = 0; i < count; i++) {
      int nameFrom = labels.nameFrom(i);
      int nameTo = labels.nameTo(i);
      int valueFrom = labels.valueFrom(i);
      int valueTo = labels.valueTo(i);
      bytes += nameTo - nameFrom + valueTo - valueFrom + 16;
      symbols[2 * i] = slices.symbols().intern(source, nameFrom, nameTo);
      symbols[2 * i + 1] = slices.symbols().intern(source, valueFrom, valueTo);
    }
    slices.exemplar(symbols, count * 2, bytes, Double.doubleToRawLongBits(value), timeMillis);
    taken++;
  }

  /** An id of another length, or all zero, is none. */
  private void addId(byte[] name, int length) {
    byte[] id = reader.byteArray();
    boolean some = false;
    for (byte b : id) {
      some |= b != 0;
    }
    if (some && id.length == length) {
      labels.put(name, ValueText.utf8(HexFormat.of().formatHex(id)));
    }
  }

  /** False if it cannot be said; of more than fit anyway, none is kept. */
  private boolean addAttribute() {
    if (!attribute.read(reader)) {
      return false;
    }
    if (attribute.keyTo() > attribute.keyFrom() && attributes.size() <= MOST_CHARACTERS) {
      attributes.add(
          attribute.keys(),
          attribute.keyFrom(),
          attribute.keyTo(),
          attribute.values(),
          attribute.valueFrom(),
          attribute.valueTo());
    }
    return Utf8.isValid(attribute.keys(), attribute.keyFrom(), attribute.keyTo())
        && Utf8.isValid(attribute.values(), attribute.valueFrom(), attribute.valueTo());
  }

  private static int characters(LabelBuffer labels) {
    int characters = 0;
    byte[] bytes = labels.bytes();
    for (int i = 0; i < labels.size(); i++) {
      characters += characters(bytes, labels.nameFrom(i), labels.nameTo(i));
      characters += characters(bytes, labels.valueFrom(i), labels.valueTo(i));
    }
    return characters;
  }

  private static int characters(byte[] bytes, int from, int to) {
    int characters = 0;
    for (int i = from; i < to; i++) {
      characters += (bytes[i] & 0xC0) == 0x80 ? 0 : 1;
    }
    return characters;
  }
}
