package io.aom.ingest.otlp;

import io.aom.telemetry.labels.LabelBuffer;
import io.aom.telemetry.labels.Utf8;
import io.aom.telemetry.otlp.PrometheusNames;
import io.aom.telemetry.wire.ProtoReader;
import java.util.Arrays;

/**
 * Labels made of attributes. Attributes whose names fall together become one label, their values in
 * the order of the keys, whatever the order in which they come. Not thread-safe; reusable.
 */
final class AttributeLabels {
  private static final byte[] NOTHING = new byte[0];
  private static final byte[] METRIC_NAME = {'_', '_', 'n', 'a', 'm', 'e', '_', '_'};

  private final PrometheusNames names;
  private final int most;
  private final int mostValueBytes;
  private final LabelBuffer labels = new LabelBuffer();
  private final LabelBuffer byKey = new LabelBuffer();
  private final Attribute attribute = new Attribute();
  private final ProtoReader again = new ProtoReader(NOTHING);
  private byte[] body = NOTHING;
  private int[] tags = new int[32];
  private int size;
  private int nameless;
  private boolean shallow;
  private byte[] scratch = new byte[256];

  /**
   * @param most attributes; further ones are only counted
   * @param mostValueBytes of a value; the rest is cut off
   */
  AttributeLabels(PrometheusNames names, int most, int mostValueBytes) {
    this.names = names;
    this.most = most;
    this.mostValueBytes = mostValueBytes;
  }

  void clear() {
    labels.clear();
    size = 0;
    nameless = 0;
    shallow = true;
  }

  /** Lets go of the request. */
  void release() {
    body = NOTHING;
    again.reset(NOTHING, 0, 0);
    attribute.release();
  }

  /** Adds the attribute that the reader stands before, and leaves it behind. */
  void add(ProtoReader reader) {
    int tag = reader.tagStart();
    byte[] bytes = reader.bytes();
    if (attribute.read(reader)) {
      add(attribute, bytes, tag);
    } else {
      shallow = false;
      size++;
    }
  }

  /**
   * Adds an attribute that has been read.
   *
   * @param tag where its field begins in {@code bytes}
   */
  void add(Attribute read, byte[] bytes, int tag) {
    body = bytes;
    if (size < most) {
      tags = size == tags.length ? Arrays.copyOf(tags, size * 2) : tags;
      tags[size] = tag;
      nameless += addLabel(read, labels) ? 0 : 1;
    }
    size++;
  }

  /** Makes each label unique, once all attributes are added. */
  void finish() {
    labels.sort();
    if (labels.firstDuplicate() >= 0 && shallow && size <= most) {
      sortByKey();
      labels.sort();
    }
    labels.joinDuplicates();
  }

  /** Adds the labels once more, in the order of the attributes' keys. */
  private void sortByKey() {
    byKey.clear();
    for (int i = 0; i < size; i++) {
      again.reset(body, tags[i], body.length);
      again.next();
      attribute.read(again);
      byKey.add(
          attribute.keys(),
          attribute.keyFrom(),
          attribute.keyTo(),
          attribute.values(),
          attribute.valueFrom(),
          cut(attribute));
    }
    byKey.sort();
    labels.clear();
    for (int i = 0; i < byKey.size(); i++) {
      int length = name(byKey.bytes(), byKey.nameFrom(i), byKey.nameTo(i));
      if (length > 0) {
        labels.add(scratch, 0, length, byKey.bytes(), byKey.valueFrom(i), byKey.valueTo(i));
      }
    }
  }

  private boolean addLabel(Attribute read, LabelBuffer into) {
    int length = name(read.keys(), read.keyFrom(), read.keyTo());
    if (length > 0) {
      into.add(scratch, 0, length, read.values(), read.valueFrom(), cut(read));
    }
    return length != 0;
  }

  /** Puts the label's name into the scratch; its length, 0 if there is none, -1 if it is ours. */
  private int name(byte[] keys, int from, int to) {
    if (scratch.length < to - from + PrometheusNames.LABEL_GROWTH) {
      scratch = new byte[(to - from) * 2];
    }
    int length = names.label(keys, from, to, scratch);
    return Arrays.equals(METRIC_NAME, 0, METRIC_NAME.length, scratch, 0, length) ? -1 : length;
  }

  private int cut(Attribute read) {
    int to = read.valueTo();
    return to - read.valueFrom() <= mostValueBytes
        ? to
        : Utf8.floor(read.values(), read.valueFrom(), read.valueFrom() + mostValueBytes);
  }

  LabelBuffer labels() {
    return labels;
  }

  /** How many attributes were added. */
  int size() {
    return size;
  }

  /** How many of them have a key of which no name can be made. */
  int nameless() {
    return nameless;
  }

  /** Whether none of them nests too deep. */
  boolean isShallow() {
    return shallow;
  }
}
