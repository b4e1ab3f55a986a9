package io.aom.ingest.otlp;

import io.aom.telemetry.labels.LabelBuffer;
import io.aom.telemetry.otlp.Otlp;
import io.aom.telemetry.wire.ProtoReader;
import java.util.concurrent.TimeUnit;

/** What data points of all kinds have. Not thread-safe; reusable. */
final class DataPoint {
  private final ResourceLabels resources;
  private final Exemplars exemplars;
  private final LabelBuffer labels = new LabelBuffer();
  private long timeMillis;
  private long startMillis;
  private boolean stale;
  private boolean shallow;

  DataPoint(ResourceLabels resources, Exemplars exemplars) {
    this.resources = resources;
    this.exemplars = exemplars;
  }

  void clear() {
    timeMillis = 0;
    startMillis = 0;
    stale = false;
    shallow = true;
    labels.clear();
    exemplars.clear();
  }

  /** Reads the field that the reader stands before, as the next do. */
  void time(ProtoReader reader) {
    timeMillis = millis(reader.fixed64());
  }

  void start(ProtoReader reader) {
    startMillis = millis(reader.fixed64());
  }

  void flags(ProtoReader reader) {
    stale = (reader.int64() & Otlp.FLAG_NO_RECORDED_VALUE) != 0;
  }

  void attribute(ProtoReader reader) {
    shallow &= resources.addAttribute(reader, labels);
  }

  void exemplar(ProtoReader reader) {
    exemplars.note(reader);
  }

  /** Epoch milliseconds; 0 if it was not said. */
  long timeMillis() {
    return timeMillis;
  }

  /** Since when it counts, epoch milliseconds; 0 if it was not said. */
  long startMillis() {
    return startMillis;
  }

  /** Whether no value was recorded, so that its series are stale. */
  boolean isStale() {
    return stale;
  }

  /** Whether none of its attributes nests too deep. */
  boolean isShallow() {
    return shallow;
  }

  Exemplars exemplars() {
    return exemplars;
  }

  /** Its attributes and what its scope and resource add to them. */
  LabelBuffer labels() {
    return labels;
  }

  /** Makes labels of the attributes, once all of them are read. */
  void finishLabels() {
    labels.sort();
    labels.joinDuplicates();
    labels.putAll(resources.scope());
  }

  static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}
