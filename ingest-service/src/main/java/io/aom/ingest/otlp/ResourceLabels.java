package io.aom.ingest.otlp;

import io.aom.ingest.intake.SliceLimits;
import io.aom.telemetry.labels.LabelBuffer;
import io.aom.telemetry.labels.Utf8;
import io.aom.telemetry.otlp.Otlp.KeyValue;
import io.aom.telemetry.otlp.Otlp.Resource;
import io.aom.telemetry.otlp.Otlp.Scope;
import io.aom.telemetry.otlp.PrometheusNames;
import io.aom.telemetry.otlp.ValueCheck;
import io.aom.telemetry.otlp.ValueText;
import io.aom.telemetry.wire.ProtoReader;
import java.util.Arrays;
import java.util.List;

/**
 * Labels that come from attributes. Not thread-safe; reusable.
 *
 * <p>Of a resource, {@code service.namespace/service.name} becomes job and {@code
 * service.instance.id} instance; all else goes to {@code target_info}. What is promoted goes to
 * every series.
 */
final class ResourceLabels {
  private static final byte[] JOB = ValueText.utf8("job");
  private static final byte[] INSTANCE = ValueText.utf8("instance");
  private static final byte[] SERVICE_NAME = ValueText.utf8("service.name");
  private static final byte[] SERVICE_NAMESPACE = ValueText.utf8("service.namespace");
  private static final byte[] SERVICE_INSTANCE = ValueText.utf8("service.instance.id");
  private static final byte[] SCOPE_NAME = ValueText.utf8("otel_scope_name");
  private static final byte[] SCOPE_VERSION = ValueText.utf8("otel_scope_version");
  private static final byte[] METRIC_NAME = ValueText.utf8("__name__");
  private static final byte[] NOTHING = new byte[0];

  /** Labels of target_info that are no further attributes: its name, job, instance, and service. */
  private static final int BESIDES_INFO = 6;

  /** Keys of attributes: one, or all that begin alike. */
  private record Keys(byte[] text, boolean beginning) {
    static Keys parse(String pattern) {
      boolean beginning = pattern.endsWith("*");
      String text = beginning ? pattern.substring(0, pattern.length() - 1) : pattern;
      return new Keys(ValueText.utf8(text), beginning);
    }

    boolean contain(byte[] bytes, int from, int to) {
      int end = beginning ? Math.min(to, from + text.length) : to;
      return is(text, bytes, from, end);
    }
  }

  private final PrometheusNames names;
  private final List<Keys> promoted;
  private final boolean scopeLabels;
  private final SliceLimits limits;
  private final LabelBuffer resource = new LabelBuffer();
  private final LabelBuffer scope = new LabelBuffer();
  private final LabelBuffer info = new LabelBuffer();
  private byte[] scratch = new byte[256];
  private boolean hasInfo;

  /**
   * @param promoted keys of attributes; with {@code *} at the end, all that begin so
   */
  ResourceLabels(
      PrometheusNames names, List<String> promoted, boolean scopeLabels, SliceLimits limits) {
    this.names = names;
    this.promoted = promoted.stream().map(Keys::parse).toList();
    this.scopeLabels = scopeLabels;
    this.limits = limits;
  }

  /** What every series of the present resource and scope carries. */
  LabelBuffer scope() {
    return scope;
  }

  /** What {@code target_info} carries of the present resource, job and instance too. */
  LabelBuffer info() {
    return info;
  }

  /** Whether the resource can be told apart, and there is more to tell of it. */
  boolean hasInfo() {
    return hasInfo;
  }

  /** Starts over without a resource. */
  void clear() {
    resource.clear();
    scope.clear();
    info.clear();
    hasInfo = false;
  }

  /** Reads the resource that the reader is narrowed to. */
  void readResource(ProtoReader reader) {
    byte[] name = NOTHING;
    byte[] namespace = NOTHING;
    byte[] instance = NOTHING;
    clear();
    while (reader.next()) {
      if (reader.field() != Resource.ATTRIBUTES) {
        reader.skip();
        continue;
      }
      int from = reader.position();
      int tag = reader.tagStart();
      byte[] bytes = reader.bytes();
      boolean shallow = ValueCheck.keyValue(reader);
      int to = reader.position();
      if (!shallow) {
        continue; // no label could say it; the logs and spans of the resource still do
      }
      ProtoReader attribute = new ProtoReader(bytes, tag, to);
      attribute.next();
      attribute.enter();
      int keyFrom = from;
      int keyTo = from;
      byte[] value = NOTHING;
      while (attribute.next()) {
        switch (attribute.field()) {
          case KeyValue.KEY -> {
            int length = attribute.length();
            keyFrom = attribute.position();
            keyTo = keyFrom + length;
            attribute.advance(length);
          }
          case KeyValue.VALUE -> value = cut(ValueText.utf8(ValueText.read(attribute)));
          default -> attribute.skip();
        }
      }
      if (is(SERVICE_NAME, bytes, keyFrom, keyTo)) {
        name = value;
      } else if (is(SERVICE_NAMESPACE, bytes, keyFrom, keyTo)) {
        namespace = value;
      } else if (is(SERVICE_INSTANCE, bytes, keyFrom, keyTo)) {
        instance = value;
      } else {
        add(info, bytes, keyFrom, keyTo, value, 0, value.length);
      }
      if (isPromoted(bytes, keyFrom, keyTo)) {
        add(resource, bytes, keyFrom, keyTo, value, 0, value.length);
      }
    }
    resource.sort();
    resource.joinDuplicates();
    hasInfo = info.size() > 0 && name.length + instance.length > 0;
    byte[] job = namespace.length == 0 ? name : join(namespace, name);
    if (job.length > 0) {
      resource.put(JOB, job);
    }
    if (instance.length > 0) {
      resource.put(INSTANCE, instance);
    }
    info.sort();
    info.joinDuplicates();
    while (info.size() > Math.max(0, limits.labelsPerSeries() - BESIDES_INFO)) {
      info.remove(info.size() - 1);
    }
    info.putAll(resource);
    scope.copyFrom(resource);
  }

  /** Reads the scope that the reader is narrowed to. */
  void readScope(ProtoReader reader) {
    scope.copyFrom(resource);
    if (!scopeLabels) {
      return;
    }
    while (reader.next()) {
      switch (reader.field()) {
        case Scope.NAME -> scope.put(SCOPE_NAME, cut(reader.byteArray()));
        case Scope.VERSION -> scope.put(SCOPE_VERSION, cut(reader.byteArray()));
        default -> reader.skip();
      }
    }
  }

  /** Back to the resource, for a scope that is not described. */
  void noScope() {
    scope.copyFrom(resource);
  }

  /**
   * Adds a label for the attribute that the reader stands before, and leaves it behind.
   *
   * @return false if it nests too deep to be said in a label
   */
  boolean addAttribute(ProtoReader reader, LabelBuffer labels) {
    byte[] bytes = reader.bytes();
    int keyFrom = 0;
    int keyTo = 0;
    boolean shallow = true;
    int valueFrom = 0;
    int valueTo = 0;
    byte[] value = bytes;
    int outer = reader.enter();
    while (reader.next()) {
      switch (reader.field()) {
        case KeyValue.KEY -> {
          int length = reader.length();
          keyFrom = reader.position();
          keyTo = keyFrom + length;
          reader.advance(length);
        }
        case KeyValue.VALUE -> {
          int at = reader.tagStart();
          if (!ValueCheck.anyValue(reader)) {
            shallow = false;
            break;
          }
          ProtoReader any = new ProtoReader(bytes, at, reader.position());
          any.next();
          int length = any.length();
          int start = any.position();
          // Nearly always one string, which is copied from where it stands.
          if (length >= 2 && bytes[start] == 0x0A && bytes[start + 1] == length - 2) {
            value = bytes;
            valueFrom = start + 2;
            valueTo = start + length;
          } else {
            any.reset(bytes, at, reader.position());
            any.next();
            value = ValueText.utf8(ValueText.read(any));
            valueFrom = 0;
            valueTo = value.length;
          }
        }
        default -> reader.skip();
      }
    }
    reader.leave(outer);
    if (shallow) {
      add(labels, bytes, keyFrom, keyTo, value, valueFrom, valueTo);
    }
    return shallow;
  }

  private void add(
      LabelBuffer labels, byte[] keys, int keyFrom, int keyTo, byte[] value, int from, int to) {
    if (scratch.length < keyTo - keyFrom + PrometheusNames.LABEL_GROWTH) {
      scratch = new byte[(keyTo - keyFrom) * 2];
    }
    int length = names.label(keys, keyFrom, keyTo, scratch);
    if (length > 0 && !is(METRIC_NAME, scratch, 0, length)) {
      labels.add(scratch, 0, length, value, from, to);
    }
  }

  private boolean isPromoted(byte[] bytes, int from, int to) {
    for (Keys keys : promoted) {
      if (keys.contain(bytes, from, to)) {
        return true;
      }
    }
    return false;
  }

  private byte[] cut(byte[] value) {
    return value.length <= limits.labelValueBytes()
        ? value
        : Arrays.copyOf(value, Utf8.floor(value, 0, limits.labelValueBytes()));
  }

  private static byte[] join(byte[] namespace, byte[] name) {
    byte[] job = Arrays.copyOf(namespace, namespace.length + 1 + name.length);
    job[namespace.length] = '/';
    System.arraycopy(name, 0, job, namespace.length + 1, name.length);
    return job;
  }

  private static boolean is(byte[] wanted, byte[] bytes, int from, int to) {
    return Arrays.equals(wanted, 0, wanted.length, bytes, from, to);
  }
}
