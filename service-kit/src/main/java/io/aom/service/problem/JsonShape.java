package io.aom.service.problem;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/** What a field of a body looks like in JSON, in a caller's words. */
final class JsonShape {
  private JsonShape() {}

  /**
   * As in {@code (expected: an object)}.
   *
   * @param type what the field is read into
   */
  static String of(Class<?> type) {
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(String::valueOf)
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    if (type == Instant.class) {
      return "a time: ISO-8601 or epoch milliseconds";
    }
    if (CharSequence.class.isAssignableFrom(type) || type == char.class) {
      return "a text";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == double.class
        || type == float.class
        || type == Double.class
        || type == Float.class
        || type == BigDecimal.class) {
      return "a number";
    }
    if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
      return "a whole number";
    }
    if (type.isArray() || Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    // A type of the JDK that is none of these (a duration, an address) is written as a text.
    return type.getName().startsWith("java.") && !Map.class.isAssignableFrom(type)
        ? "a text"
        : "an object";
  }
}
