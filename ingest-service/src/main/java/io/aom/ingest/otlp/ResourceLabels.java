package io.aom.ingest.otlp;

import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.series.HaFilter;
import io.aom.ingest.series.HaPairs;
import io.aom.telemetry.labels.LabelBuffer;
import io.aom.telemetry.labels.Utf8;
import io.aom.telemetry.otlp.Otlp.Resource;
import io.aom.telemetry.otlp.Otlp.Scope;
import io.aom.telemetry.otlp.PrometheusNames;
import io.aom.telemetry.otlp.ValueText;
import io.aom.telemetry.wire.ProtoReader;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Labels that come from resource and scope. Not thread-safe; reusable.
 *
 * <p>Of a resource, {@code service.namespace/service.name} becomes job and {@code
 * service.instance.id} instance; all else goes to {@code target_info}, and these too if the
 * translation says so. What is promoted goes to every series whose data point has no attribute of
 * that name. Job, instance and scope go to every series, whatever the data point says.
 */
final class ResourceLabels {
  private static final byte[] JOB = ValueText.utf8("job");
  private static final byte[] INSTANCE = ValueText.utf8("instance");
  private static final byte[] SERVICE_NAME = ValueText.utf8("service.name");
  private static final byte[] SERVICE_NAMESPACE = ValueText.utf8("service.namespace");
  private static final byte[] SERVICE_INSTANCE = ValueText.utf8("service.instance.id");
  private static final byte[] SCOPE = ValueText.utf8("otel_scope_");
  private static final byte[] SCOPE_NAME = ValueText.utf8("otel_scope_name");
  private static final byte[] SCOPE_VERSION = ValueText.utf8("otel_scope_version");
  private static final byte[] SCOPE_SCHEMA_URL = ValueText.utf8("otel_scope_schema_url");
  private static final byte[] NOTHING = new byte[0];

  /** Labels of target_info that are no further attributes: its name, job and instance. */
  private static final int BESIDES_INFO = 3;

  /** Attributes of a resource that are looked at; target_info could not hold more. */
  private static final int MOST_ATTRIBUTES = 256;

  /** Keys of attributes: one, or all that begin alike. */
  private record Keys(byte[] text, boolean beginning) {
    static Keys parse(String pattern) {
      boolean beginning = pattern.endsWith("*");
      String text = beginning ? pattern.substring(0, pattern.length() - 1) : pattern;
      return new Keys(ValueText.utf8(text), beginning);
    }

    boolean contain(Attribute attribute) {
      return beginning ? attribute.begins(text) : attribute.is(text);
    }
  }

  private final PrometheusNames names;
  private final List<Keys> promotedKeys;
  private final List<Keys> ignoredKeys;
  private final boolean keepsIdentity;
  private final boolean scopeLabels;
  private final SliceLimits limits;
  private final Attribute attribute = new Attribute();
  private final AttributeLabels info;
  private final LabelBuffer promoted = new LabelBuffer();
  private final LabelBuffer identity = new LabelBuffer();
  private final LabelBuffer fixed = new LabelBuffer();
  private byte[] scratch = new byte[256];
  private boolean scopeShallow;
  private boolean hasInfo;
  private int leftOut;

  ResourceLabels(OtlpTranslation translation, SliceLimits limits) {
    this.names = translation.names();
    this.promotedKeys = translation.promotedAttributes().stream().map(Keys::parse).toList();
    this.ignoredKeys = translation.ignoredAttributes().stream().map(Keys::parse).toList();
    this.keepsIdentity = translation.keepsIdentity();
    this.scopeLabels = translation.scopeLabels();
    this.limits = limits;
    this.info = new AttributeLabels(names, MOST_ATTRIBUTES, limits.labelValueBytes());
  }

  /** What every series of the present resource carries, unless its data point says else. */
  LabelBuffer promoted() {
    return promoted;
  }

  /** What every series of the present resource and scope carries. */
  LabelBuffer fixed() {
    return fixed;
  }

  /** What {@code target_info} carries of the present resource, job and instance too. */
  LabelBuffer info() {
    return info.labels();
  }

  /** Whether the resource can be told apart, and there is more to tell of it. */
  boolean hasInfo() {
    return hasInfo;
  }

  /** Attributes of the resource that are on no label, since no name can be made of their keys. */
  int nameless() {
    return info.nameless();
  }

  /** Attributes of the resource for which {@code target_info} has no room. */
  int leftOut() {
    return leftOut;
  }

  /** Whether no attribute of the scope nests too deep to be said in a label. */
  boolean isScopeShallow() {
    return scopeShallow;
  }

  /** Starts over without a resource. */
  void clear() {
    info.clear();
    promoted.clear();
    identity.clear();
    fixed.clear();
    scopeShallow = true;
    hasInfo = false;
    leftOut = 0;
  }

  /** Lets go of the request. */
  void release() {
    info.release();
    attribute.release();
  }

  /**
   * Reads the resource that the reader is narrowed to.
   *
   * @param pairs tells the labels that name one of several alike senders; they are promoted, and
   *     which of them sent it is not told
   */
  void readResource(ProtoReader reader, HaPairs.View pairs) {
    byte @Nullable [] name = null;
    byte @Nullable [] namespace = null;
    byte[] instance = NOTHING;
    boolean tellsMore = false;
    clear();
    while (reader.next()) {
      if (reader.field() != Resource.ATTRIBUTES) {
        reader.skip();
        continue;
      }
      int tag = reader.tagStart();
      if (!attribute.read(reader)) {
        continue; // no label could say it; the logs and spans of the resource still do
      }
      boolean identifies = true;
      if (attribute.is(SERVICE_NAME)) {
        name = cut(attribute.value());
      } else if (attribute.is(SERVICE_NAMESPACE)) {
        namespace = cut(attribute.value());
      } else if (attribute.is(SERVICE_INSTANCE)) {
        instance = cut(attribute.value());
      } else {
        identifies = false;
        tellsMore = true;
      }
      if (!identifies || keepsIdentity) {
        info.add(attribute, reader.bytes(), tag);
      }
      if (isPromoted() && promoted.size() < MOST_ATTRIBUTES) {
        put(NOTHING, promoted); // of keys whose names fall together the last one counts
      }
    }
    info.finish();
    leftOut = Math.max(0, info.size() - MOST_ATTRIBUTES);
    LabelBuffer told = info.labels();
    if (HaFilter.isOfPair(pairs, told)) {
      promote(pairs.clusterLabel());
      promote(pairs.replicaLabel());
      told.remove(told.find(pairs.replicaLabel()));
    }
    while (told.size() > Math.max(0, limits.labelsPerSeries() - BESIDES_INFO)) {
      told.remove(told.size() - 1);
      leftOut++;
    }
    byte[] job = job(namespace, name);
    if (job.length > 0) {
      identity.put(JOB, job);
    }
    if (instance.length > 0) {
      identity.put(INSTANCE, instance);
    }
    told.putAll(identity);
    hasInfo = tellsMore && (told.find(JOB) >= 0 || told.find(INSTANCE) >= 0);
    fixed.copyFrom(identity);
  }

  private boolean isPromoted() {
    return isAmong(promotedKeys) && !isAmong(ignoredKeys);
  }

  private boolean isAmong(List<Keys> of) {
    for (Keys keys : of) {
      if (keys.contain(attribute)) {
        return true;
      }
    }
    return false;
  }

  private void promote(byte[] label) {
    LabelBuffer from = info.labels();
    int index = from.find(label);
    promoted.put(
        label, Arrays.copyOfRange(from.bytes(), from.valueFrom(index), from.valueTo(index)));
  }

  /**
   * Reads the scope that the reader is narrowed to; one without a name is on no series.
   *
   * @param schemaUrl of what is in the scope; empty if it has none
   */
  void readScope(ProtoReader reader, byte[] schemaUrl) {
    noScope();
    if (!scopeLabels) {
      return;
    }
    byte[] name = NOTHING;
    byte[] version = NOTHING;
    int attributes = 0;
    while (reader.next()) {
      switch (reader.field()) {
        case Scope.NAME -> name = cut(reader.byteArray());
        case Scope.VERSION -> version = cut(reader.byteArray());
        case Scope.ATTRIBUTES -> {
          if (!attribute.read(reader)) {
            scopeShallow = false;
          } else if (++attributes <= 2 * limits.labelsPerSeries()) {
            put(SCOPE, fixed);
          }
        }
        default -> reader.skip();
      }
    }
    if (name.length == 0) {
      noScope();
      return;
    }
    fixed.put(SCOPE_NAME, name);
    fixed.put(SCOPE_VERSION, version);
    fixed.put(SCOPE_SCHEMA_URL, cut(schemaUrl));
  }

  /** Puts a label of the attribute's key behind a prefix, if that makes a name. */
  private void put(byte[] prefix, LabelBuffer into) {
    int keyLength = attribute.keyTo() - attribute.keyFrom();
    byte[] key = Arrays.copyOf(prefix, prefix.length + keyLength);
    System.arraycopy(attribute.keys(), attribute.keyFrom(), key, prefix.length, keyLength);
    if (scratch.length < key.length + PrometheusNames.LABEL_GROWTH) {
      scratch = new byte[key.length * 2];
    }
    int length = names.label(key, 0, key.length, scratch);
    if (length > 0) {
      into.put(Arrays.copyOf(scratch, length), cut(attribute.value()));
    }
  }

  /** Back to the resource, for a scope that is not described. */
  void noScope() {
    fixed.copyFrom(identity);
    scopeShallow = true;
  }

  private byte[] cut(byte[] value) {
    return value.length <= limits.labelValueBytes()
        ? value
        : Arrays.copyOf(value, Utf8.floor(value, 0, limits.labelValueBytes()));
  }

  /** A namespace that is empty is one all the same, as in Prometheus. */
  private static byte[] job(byte @Nullable [] namespace, byte @Nullable [] name) {
    if (name == null) {
      return NOTHING;
    }
    if (namespace == null) {
      return name;
    }
    byte[] job = Arrays.copyOf(namespace, namespace.length + 1 + name.length);
    job[namespace.length] = '/';
    System.arraycopy(name, 0, job, namespace.length + 1, name.length);
    return job;
  }
}
