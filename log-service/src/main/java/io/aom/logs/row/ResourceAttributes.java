package io.aom.logs.row;

import io.aom.telemetry.wire.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What rows have in common: the fields of a {@code ResourceLogs} without its scopes, or of a {@code
 * ScopeLogs} without its records. Immutable.
 */
public final class ResourceAttributes {
  public static final String SERVICE_NAME = "service.name";

  private final byte[] bytes;
  private final Map<String, @Nullable Object> values;
  private final Map<String, byte[]> texts;
  private final String service;

  private ResourceAttributes(byte[] bytes, Map<String, @Nullable Object> values) {
    this.bytes = bytes;
    this.values = Collections.unmodifiableMap(values);
    Map<String, byte[]> allTexts = LinkedHashMap.newLinkedHashMap(values.size());
    values.forEach(
        (key, value) -> allTexts.put(key, AnyValues.text(value).getBytes(StandardCharsets.UTF_8)));
    texts = allTexts;
    service = AnyValues.text(values.get(SERVICE_NAME));
  }

  /** From a {@code ResourceLogs}' fields; the resource's attributes. */
  public static ResourceAttributes ofResource(byte[] fields) {
    return new ResourceAttributes(fields, attributes(fields, 1));
  }

  /** From a {@code ScopeLogs}' fields; the scope's attributes, its name and its version. */
  public static ResourceAttributes ofScope(byte[] fields) {
    Map<String, @Nullable Object> values = attributes(fields, 3);
    ProtoReader reader = new ProtoReader(fields);
    while (reader.next()) {
      if (reader.field() != 1) {
        reader.skip();
        continue;
      }
      int outer = reader.enter();
      while (reader.next()) {
        switch (reader.field()) {
          case 1 -> values.put("otel.scope.name", reader.string());
          case 2 -> values.put("otel.scope.version", reader.string());
          default -> reader.skip();
        }
      }
      reader.leave(outer);
    }
    return new ResourceAttributes(fields, values);
  }

  private static Map<String, @Nullable Object> attributes(byte[] fields, int attributeField) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    ProtoReader reader = new ProtoReader(fields);
    while (reader.next()) {
      if (reader.field() != 1) {
        reader.skip();
        continue;
      }
      int outer = reader.enter();
      while (reader.next()) {
        if (reader.field() == attributeField) {
          AnyValues.readKeyValue(reader, values);
        } else {
          reader.skip();
        }
      }
      reader.leave(outer);
    }
    return values;
  }

  /** The fields as they came; nobody changes them. */
  public byte[] bytes() {
    return bytes;
  }

  /** Attributes in the order they came. */
  public Map<String, @Nullable Object> values() {
    return values;
  }

  /** UTF-8 text of an attribute; null if it is not there. */
  public byte @Nullable [] text(String key) {
    return texts.get(key);
  }

  /** Texts of all attributes, by key. */
  public Map<String, byte[]> texts() {
    return Collections.unmodifiableMap(texts);
  }

  /** {@code service.name}, empty if there is none. */
  public String service() {
    return service;
  }
}
