package io.aom.ingest.otlp;

import io.aom.ingest.intake.Refusals;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.remotewrite.MetricSlices;
import io.aom.telemetry.labels.LabelBuffer;
import io.aom.telemetry.labels.Utf8;
import io.aom.telemetry.otlp.Otlp.Exemplar;
import io.aom.telemetry.otlp.ValueText;
import io.aom.telemetry.wire.ProtoReader;
import java.util.HexFormat;

/** The exemplars of a data point. Not thread-safe; reusable. */
final class Exemplars {
  private static final byte[] TRACE_ID = ValueText.utf8("trace_id");
  private static final byte[] SPAN_ID = ValueText.utf8("span_id");
  private static final int MOST = 64;

  private final ResourceLabels resources;
  private final MetricSlices slices;
  private final SliceLimits limits;
  private final LabelBuffer labels = new LabelBuffer();
  private final ProtoReader reader = new ProtoReader(new byte[0]);
  private final int[] from = new int[MOST];
  private final int[] to = new int[MOST];
  private int size;
  private byte[] body = new byte[0];
  private long taken;

  Exemplars(ResourceLabels resources, MetricSlices slices, SliceLimits limits) {
    this.resources = resources;
    this.slices = slices;
    this.limits = limits;
  }

  /** Starts a request. */
  void begin(byte[] newBody) {
    body = newBody;
    size = 0;
    taken = 0;
  }

  /** How many of the request's were written. */
  long taken() {
    return taken;
  }

  /** Starts a data point. */
  void clear() {
    size = 0;
  }

  /** Remembers the exemplar that the reader stands before, and leaves it behind. */
  void note(ProtoReader point) {
    int length = point.length();
    if (size < MOST) {
      from[size] = point.position();
      to[size] = point.position() + length;
      size++;
    }
    point.advance(length);
  }

  /** Writes all to the series that was begun last. */
  void write(MetricInHand metric, Refusals refusals) {
    for (int i = 0; i < size; i++) {
      write(i, metric, refusals);
    }
  }

  /** Writes those with {@code lower < value <= upper}. */
  void writeBetween(double lower, double upper, MetricInHand metric, Refusals refusals) {
    for (int i = 0; i < size; i++) {
      double value = value(i);
      if (value > lower && value <= upper) {
        write(i, metric, refusals);
      }
    }
  }

  private double value(int index) {
    reader.reset(body, from[index], to[index]);
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

  private void write(int index, MetricInHand metric, Refusals refusals) {
    labels.clear();
    long time = 0;
    boolean fits = true;
    reader.reset(body, from[index], to[index]);
    while (reader.next()) {
      switch (reader.field()) {
        case Exemplar.TIME_UNIX_NANO -> time = DataPoint.millis(reader.fixed64());
        case Exemplar.TRACE_ID -> addId(TRACE_ID, reader.byteArray());
        case Exemplar.SPAN_ID -> addId(SPAN_ID, reader.byteArray());
        case Exemplar.FILTERED_ATTRIBUTES -> fits &= resources.addAttribute(reader, labels);
        default -> reader.skip();
      }
    }
    labels.sort();
    labels.joinDuplicates();
    int count = labels.size();
    int[] symbols = new int[count * 2];
    int bytes = 0;
    byte[] source = labels.bytes();
    for (int i = 0; i < count && fits; i++) {
      int nameFrom = labels.nameFrom(i);
      int nameTo = labels.nameTo(i);
      int valueFrom = labels.valueFrom(i);
      int valueTo = labels.valueTo(i);
      bytes += nameTo - nameFrom + valueTo - valueFrom + 16;
      fits = bytes <= limits.labelValueBytes() && Utf8.isValid(source, valueFrom, valueTo);
      symbols[2 * i] = slices.symbols().intern(source, nameFrom, nameTo);
      symbols[2 * i + 1] = slices.symbols().intern(source, valueFrom, valueTo);
    }
    if (!fits) {
      refusals.warn("metric: " + metric.shown() + ": exemplar left out (labels too large)");
      return;
    }
    long bits = Double.doubleToRawLongBits(value(index));
    slices.exemplar(symbols, count * 2, bytes, bits, time);
    taken++;
  }

  private void addId(byte[] name, byte[] id) {
    if (id.length == 16 || id.length == 8) {
      labels.add(name, ValueText.utf8(HexFormat.of().formatHex(id)));
    }
  }
}
