package io.aom.logs.row;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The six ranges of OTLP's severity numbers (four numbers each, 1 to 24), and none. A record that
 * brings a text but no number gets the first number of the range that its text names.
 */
public enum Severity {
  UNSPECIFIED(0),
  TRACE(1),
  DEBUG(2),
  INFO(3),
  WARN(4),
  ERROR(5),
  FATAL(6);

  private static final Map<String, Severity> NAMES =
      Map.ofEntries(
          Map.entry("trace", TRACE),
          Map.entry("debug", DEBUG),
          Map.entry("info", INFO),
          Map.entry("information", INFO),
          Map.entry("informational", INFO),
          Map.entry("notice", INFO),
          Map.entry("warn", WARN),
          Map.entry("warning", WARN),
          Map.entry("error", ERROR),
          Map.entry("err", ERROR),
          Map.entry("severe", ERROR),
          Map.entry("fatal", FATAL),
          Map.entry("critical", FATAL),
          Map.entry("crit", FATAL),
          Map.entry("alert", FATAL),
          Map.entry("emergency", FATAL),
          Map.entry("emerg", FATAL),
          Map.entry("panic", FATAL));

  private final int code;

  Severity(int code) {
    this.code = code;
  }

  private static final int LONGEST_NAME = 13;
  private static final Severity[] ALL = values();

  /** How many there are; codes are 0 to one less. */
  public static final int COUNT = ALL.length;

  public static Severity ofNumber(int number) {
    return number < 1 || number > 24 ? UNSPECIFIED : ALL[(number + 3) / 4];
  }

  /** The one with that code. */
  public static Severity ofCode(int code) {
    return ALL[code];
  }

  /** Number under which blocks store it; never changes. */
  public int code() {
    return code;
  }

  /** The range that a name or one of its usual synonyms means, in any case; null if none. */
  public static @Nullable Severity ofName(String name) {
    return name.length() > LONGEST_NAME ? null : NAMES.get(name.toLowerCase(Locale.ROOT));
  }

  /** Name as it is written in terms, in lower case. */
  public String term() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** First severity number of this range; 0 for none. */
  public int firstNumber() {
    return code == 0 ? 0 : code * 4 - 3;
  }

  /** Number of a record: as sent if it is one of 1 to 24, else what its text means, else 0. */
  static int number(int sent, ByteSlice text) {
    if (sent >= 1 && sent <= 24) {
      return sent;
    }
    if (text.isEmpty() || text.length() > LONGEST_NAME) {
      return 0;
    }
    Severity named = ofName(text.toString());
    return named == null ? 0 : named.firstNumber();
  }
}
