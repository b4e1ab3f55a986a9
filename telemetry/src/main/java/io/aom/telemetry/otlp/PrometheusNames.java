package io.aom.telemetry.otlp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How names of OpenTelemetry read in Prometheus. Usually characters that it did not know before
 * UTF-8 become underscores, in names of metrics one for several, and units and kinds become
 * suffixes ("UnderscoreEscapingWithSuffixes",
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/); either can
 * be left out. Immutable.
 */
public final class PrometheusNames {
  private static final byte[] DIGIT_PREFIX = {'k', 'e', 'y', '_'};
  private static final byte[] UNDERSCORE_PREFIX = {'k', 'e', 'y'};

  /** How much longer than the attribute's key a label's name may be. */
  public static final int LABEL_GROWTH = DIGIT_PREFIX.length;

  private static final Map<String, String> UNITS =
      Map.ofEntries(
          Map.entry("d", "days"),
          Map.entry("h", "hours"),
          Map.entry("min", "minutes"),
          Map.entry("s", "seconds"),
          Map.entry("ms", "milliseconds"),
          Map.entry("us", "microseconds"),
          Map.entry("ns", "nanoseconds"),
          Map.entry("By", "bytes"),
          Map.entry("KiBy", "kibibytes"),
          Map.entry("MiBy", "mebibytes"),
          Map.entry("GiBy", "gibibytes"),
          Map.entry("TiBy", "tibibytes"),
          Map.entry("KBy", "kilobytes"),
          Map.entry("MBy", "megabytes"),
          Map.entry("GBy", "gigabytes"),
          Map.entry("TBy", "terabytes"),
          Map.entry("m", "meters"),
          Map.entry("V", "volts"),
          Map.entry("A", "amperes"),
          Map.entry("J", "joules"),
          Map.entry("W", "watts"),
          Map.entry("g", "grams"),
          Map.entry("Cel", "celsius"),
          Map.entry("Hz", "hertz"),
          Map.entry("1", ""),
          Map.entry("%", "percent"));

  private static final Map<String, String> PER_UNITS =
      Map.of(
          "s", "second", "m", "minute", "h", "hour", "d", "day", "w", "week", "mo", "month", "y",
          "year");

  private final boolean utf8;
  private final boolean suffixes;

  /**
   * @param utf8 whether all characters stay as they are
   * @param suffixes whether names of metrics tell unit and kind
   */
  public PrometheusNames(boolean utf8, boolean suffixes) {
    this.utf8 = utf8;
    this.suffixes = suffixes;
  }

  /** What a metric is, as far as its name shows it. */
  public enum Kind {
    /** A sum that only rises, whether it is told in full or by what is new. */
    COUNTER,
    /** A gauge; a sum that may fall is none. */
    GAUGE,
    OTHER
  }

  /** The name of a metric; empty if nothing of it can be said in Prometheus. */
  public String metric(String name, String unit, Kind kind) {
    if (utf8) {
      return name.isEmpty() || !suffixes ? name : withSuffixes(name, unit, ending(unit, kind));
    }
    List<String> tokens = tokens(name);
    if (tokens.isEmpty()) {
      return "";
    }
    String said;
    if (suffixes) {
      addUnit(tokens, unit);
      String ending = ending(unit, kind);
      if (!ending.isEmpty()) {
        tokens.removeIf(ending::equals);
        tokens.add(ending);
      }
      said = String.join("_", tokens);
    } else {
      said = withUnderscores(name);
    }
    return Character.isDigit(said.charAt(0)) ? "_" + said : said;
  }

  private static String ending(String unit, Kind kind) {
    return switch (kind) {
      case COUNTER -> "total";
      case GAUGE -> unit.equals("1") ? "ratio" : "";
      case OTHER -> "";
    };
  }

  /** Adds what the name does not tell of its unit. */
  private static void addUnit(List<String> tokens, String unit) {
    String main = clean(mainUnit(unit));
    if (tokens.contains(main)) {
      main = "";
    }
    String per = clean(perUnit(unit));
    // What is not clean ends in an underscore, which is kept only where nothing follows.
    per = per.equals("per_") ? "" : withoutLast(per);
    if (!main.isEmpty()) {
      tokens.add(per.isEmpty() ? main : withoutLast(main));
    }
    if (!per.isEmpty()) {
      tokens.add(per);
    }
  }

  private static String withSuffixes(String name, String unit, String ending) {
    String main = mainUnit(unit);
    String per = perUnit(unit);
    StringBuilder said = new StringBuilder(withoutEnding(withoutEnding(name, ending), per));
    if (!main.isEmpty() && !said.toString().endsWith(main)) {
      said.append('_').append(main);
    }
    for (String suffix : List.of(per, ending)) {
      if (!suffix.isEmpty()) {
        said.append('_').append(suffix);
      }
    }
    return said.toString();
  }

  private static String withoutEnding(String name, String ending) {
    int end = name.length() - ending.length() - 1;
    return !ending.isEmpty() && end > 0 && name.endsWith(ending) ? name.substring(0, end) : name;
  }

  /** The name of a unit, as in {@code bytes_per_second}; empty if it has none. */
  public static String unit(String unit) {
    String main = clean(mainUnit(unit));
    String per = clean(perUnit(unit));
    return withoutLast(main.isEmpty() ? per : per.isEmpty() ? main : main + "_" + per);
  }

  /**
   * Writes the name of the label for an attribute's key. Each character that cannot be said becomes
   * an underscore; what then begins with a digit, or with a single underscore, is put behind {@code
   * key}.
   *
   * @param into with room for the key and {@link #LABEL_GROWTH} more
   * @return bytes written; 0 if nothing of the key can be said in Prometheus
   */
  public int label(byte[] key, int from, int to, byte[] into) {
    if (utf8) {
      return withoutChange(key, from, to, into);
    }
    if (from == to) {
      return 0;
    }
    int size = 0;
    if (isDigit(key[from])) {
      size = prefix(DIGIT_PREFIX, into);
    } else if (!isSaid(key[from])) {
      // Names with two underscores at the beginning are reserved, and stay.
      int next = afterCharacter(key, from, to);
      size = next < to && !isSaid(key[next]) ? 0 : prefix(UNDERSCORE_PREFIX, into);
    }
    boolean said = size > 0;
    for (int i = from; i < to; i = afterCharacter(key, i, to)) {
      boolean asItIs = isSaid(key[i]);
      into[size++] = asItIs ? key[i] : (byte) '_';
      said |= asItIs;
    }
    return said ? size : 0;
  }

  private static int prefix(byte[] prefix, byte[] into) {
    System.arraycopy(prefix, 0, into, 0, prefix.length);
    return prefix.length;
  }

  /** Where the next character begins; one of several bytes is one character. */
  private static int afterCharacter(byte[] utf8, int from, int to) {
    int next = from + 1;
    while (next < to && (utf8[next] & 0xC0) == 0x80) {
      next++;
    }
    return next;
  }

  private static int withoutChange(byte[] key, int from, int to, byte[] into) {
    int i = from;
    while (i < to && key[i] == '_') {
      i++;
    }
    if (i == to) {
      return 0;
    }
    System.arraycopy(key, from, into, 0, to - from);
    return to - from;
  }

  private static List<String> tokens(String name) {
    List<String> tokens = new ArrayList<>();
    int begun = -1;
    for (int i = 0; i <= name.length(); i++) {
      boolean valid = i < name.length() && isMetricChar(name.charAt(i));
      if (valid && begun < 0) {
        begun = i;
      } else if (!valid && begun >= 0) {
        tokens.add(name.substring(begun, i));
        begun = -1;
      }
    }
    return tokens;
  }

  /** What cannot be said becomes an underscore, several in a row one; underscores stay. */
  private static String withUnderscores(String name) {
    StringBuilder said = new StringBuilder(name.length());
    boolean gap = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (isMetricChar(c) || c == '_') {
        said.append(gap && !said.isEmpty() ? "_" : "").append(c);
        gap = false;
      } else {
        gap = true;
      }
    }
    return said.toString();
  }

  /** What is before the slash, in Prometheus' word if it has one, with any characters. */
  private static String mainUnit(String unit) {
    int slash = unit.indexOf('/');
    String main = (slash < 0 ? unit : unit.substring(0, slash)).strip();
    return isAnnotation(main) ? "" : UNITS.getOrDefault(main, main);
  }

  private static String perUnit(String unit) {
    int slash = unit.indexOf('/');
    String per = slash < 0 ? "" : unit.substring(slash + 1).strip();
    return per.isEmpty() || isAnnotation(per) ? "" : "per_" + PER_UNITS.getOrDefault(per, per);
  }

  private static boolean isAnnotation(String unit) {
    return unit.indexOf('{') >= 0 || unit.indexOf('}') >= 0;
  }

  /** With one underscore for what cannot be said, but none at the beginning. */
  private static String clean(String unit) {
    StringBuilder clean = new StringBuilder(unit.length());
    for (int i = 0; i < unit.length(); i++) {
      char c = unit.charAt(i);
      if (isMetricChar(c)) {
        clean.append(c);
      } else if (!clean.isEmpty() && clean.charAt(clean.length() - 1) != '_') {
        clean.append('_');
      }
    }
    return clean.toString();
  }

  private static String withoutLast(String text) {
    return text.endsWith("_") ? text.substring(0, text.length() - 1) : text;
  }

  private static boolean isMetricChar(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':';
  }

  /** Whether a label's name says it; whatever else there is becomes an underscore. */
  private static boolean isSaid(byte b) {
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || isDigit(b);
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}
