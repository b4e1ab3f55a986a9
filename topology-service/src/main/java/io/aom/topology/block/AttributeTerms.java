package io.aom.topology.block;

import io.aom.topology.span.AttributeReader;
import io.aom.topology.span.ByteDictionary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gathers the distinct attributes of a part as terms, within bounds: a key with too many values, or
 * one with a value that is long or not scalar, gets a term that says so instead, and a query for it
 * then looks into the part. Not thread-safe.
 */
final class AttributeTerms {
  /** Most values of one key that become terms. */
  static final int MAX_VALUES = 512;

  /** Most keys that become terms. */
  static final int MAX_KEYS = 1024;

  private static final int FULL = Integer.MAX_VALUE;

  private final ByteDictionary keys = new ByteDictionary();
  private final ByteDictionary pairs = new ByteDictionary();
  private final AttributeReader attributes = new AttributeReader(new byte[0], 0, 0, 0);
  private final List<String> terms = new ArrayList<>();
  private int[] values = new int[64];
  private boolean full;

  /** Adds the attributes of a message, which are its field {@code field}. */
  void add(byte[] bytes, int from, int length, int field) {
    attributes.reset(bytes, from, length, field);
    while (!full && attributes.next()) {
      add();
    }
  }

  private void add() {
    byte[] bytes = attributes.bytes();
    int key = keys.intern(0, bytes, attributes.keyAt(), attributes.keyLength());
    if (key == values.length) {
      values = Arrays.copyOf(values, key * 2);
    }
    if (values[key] == FULL) {
      return;
    }
    if (key >= MAX_KEYS || attributes.keyLength() > SpanTerms.MAX_TEXT) {
      full = true;
      terms.add(SpanTerms.MORE);
      return;
    }
    int before = pairs.size();
    if (pairs.intern(0, bytes, attributes.at(), attributes.length()) < before) {
      return;
    }
    if (++values[key] > MAX_VALUES
        || !attributes.scalar()
        || attributes.valueLength() > SpanTerms.MAX_TEXT) {
      values[key] = FULL;
      terms.add(SpanTerms.more(attributes.key()));
      return;
    }
    terms.add(SpanTerms.attribute(attributes.key(), attributes.text()));
  }

  List<String> terms() {
    return terms;
  }
}
