package io.aom.ingest.otlp;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.intake.TimeCheck;
import io.aom.telemetry.labels.LabelBuffer;
import io.aom.telemetry.otlp.Otlp;
import io.aom.telemetry.otlp.PrometheusNames;
import io.aom.telemetry.wire.ProtoReader;
import org.jspecify.annotations.Nullable;

/** What data points of all kinds have. Not thread-safe; reusable. */
final class DataPoint {
  /** Attributes may fall together or be empty; that so many for each label do is not telemetry. */
  private static final int MOST_TO_A_LABEL = 2;

  private final ResourceLabels resources;
  private final Exemplars exemplars;
  private final AttributeLabels attributes;
  private final int mostAttributes;
  private long timeMillis;
  private long startMillis;
  private boolean stale;

  DataPoint(
      ResourceLabels resources, Exemplars exemplars, PrometheusNames names, SliceLimits limits) {
    this.resources = resources;
    this.exemplars = exemplars;
    this.mostAttributes = MOST_TO_A_LABEL * limits.labelsPerSeries();
    this.attributes = new AttributeLabels(names, mostAttributes, Integer.MAX_VALUE);
  }

  void clear() {
    timeMillis = 0;
    startMillis = 0;
    stale = false;
    attributes.clear();
    exemplars.clear();
  }

  /** Reads the field that the reader stands before, as the next do. */
  void time(ProtoReader reader) {
    timeMillis = TimeCheck.millis(reader.fixed64());
  }

  void start(ProtoReader reader) {
    startMillis = TimeCheck.millis(reader.fixed64());
  }

  void flags(ProtoReader reader) {
    stale = (reader.int64() & Otlp.FLAG_NO_RECORDED_VALUE) != 0;
  }

  void attribute(ProtoReader reader) {
    attributes.add(reader);
  }

  void exemplar(ProtoReader reader) {
    exemplars.note(reader);
  }

  /** Epoch milliseconds; 0 if it was not said. */
  long timeMillis() {
    return timeMillis;
  }

  /** Since when it counts, epoch milliseconds; 0 if that was not said, or is after its time. */
  long startMillis() {
    return startMillis <= timeMillis ? startMillis : 0;
  }

  /** Whether no value was recorded, so that its series are stale. */
  boolean isStale() {
    return stale;
  }

  Exemplars exemplars() {
    return exemplars;
  }

  /** Why no labels can be made of its attributes, as message; null if they can. */
  @Nullable Fault fault() {
    if (!attributes.isShallow() || !resources.isScopeShallow()) {
      return new Fault(RefusalReason.NESTED_TOO_DEEP, " has an attribute that nests too deep");
    }
    if (attributes.size() > mostAttributes) {
      return new Fault(
          RefusalReason.TOO_MANY_LABELS,
          " has " + attributes.size() + " attributes (expected: at most " + mostAttributes + ")");
    }
    if (attributes.nameless() > 0) {
      return new Fault(
          RefusalReason.INVALID_LABEL,
          " has an attribute whose key makes no label (expected: a letter or digit in it)");
    }
    return null;
  }

  /** Why a data point is refused. */
  record Fault(RefusalReason reason, String detail) {}

  /** Its attributes and what its scope and resource add to them. */
  LabelBuffer labels() {
    return attributes.labels();
  }

  /** Makes labels of the attributes, once all of them are read. */
  void finishLabels() {
    attributes.finish();
    labels().addMissing(resources.promoted());
    labels().putAll(resources.fixed());
  }

  /** Lets go of the request. */
  void release() {
    attributes.release();
  }
}
