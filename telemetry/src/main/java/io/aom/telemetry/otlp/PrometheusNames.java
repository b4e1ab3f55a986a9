package io.aom.telemetry.otlp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How names of OpenTelemetry read in Prometheus. Usually characters that it did not know before
 * UTF-8 become one underscore, and units and kinds become suffixes
 * ("UnderscoreEscapingWithSuffixes",
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/); either can
 * be left out. Immutable.
 */
public final class PrometheusNames {
  private static final byte[] DIGIT_PREFIX = {'k', 'e', 'y', '_'};

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
    COUNTER,
    GAUGE,
    OTHER
  }

  /** The name of a metric; empty if nothing of it can be said in Prometheus. */
  public String metric(String name, String unit, Kind kind) {
    String ending = !suffixes ? "" : ending(unit, kind);
    if (utf8) {
      return name.isEmpty() || !suffixes ? name : withSuffixes(name, unit, ending);
    }
    List<String> tokens = tokens(name);
    if (tokens.isEmpty()) {
      return "";
    }
    if (suffixes) {
      for (String suffix : List.of(mainUnit(unit), perUnit(unit))) {
        if (!suffix.isEmpty() && !tokens.contains(suffix)) {
          tokens.add(suffix);
        }
      }
      if (!ending.isEmpty()) {
        tokens.removeIf(ending::equals);
        tokens.add(ending);
      }
    }
    String joined = String.join("_", tokens);
    return Character.isDigit(joined.charAt(0)) ? "_" + joined : joined;
  }

  private static String ending(String unit, Kind kind) {
    return switch (kind) {
      case COUNTER -> "total";
      case GAUGE -> unit.equals("1") ? "ratio" : "";
      case OTHER -> "";
    };
  }

  private static String withSuffixes(String name, String unit, String ending) {
    int without = name.length() - ending.length() - 1;
    boolean ended = !ending.isEmpty() && without > 0 && name.endsWith(ending);
    StringBuilder said = new StringBuilder(ended ? name.substring(0, without) : name);
    for (String suffix : List.of(mainUnit(unit), perUnit(unit), ending)) {
      if (!suffix.isEmpty() && !said.toString().endsWith(suffix)) {
        said.append('_').append(suffix);
      }
    }
    return said.toString();
  }

  /** The name of a unit, as in {@code bytes_per_second}; empty if it has none. */
  public static String unit(String unit) {
    String main = mainUnit(unit);
    String per = perUnit(unit);
    return main.isEmpty() ? per : per.isEmpty() ? main : main + "_" + per;
  }

  /**
   * Writes the name of the label for an attribute's key.
   *
   * @param into with room for the key and {@link #LABEL_GROWTH} more
   * @return bytes written; 0 if nothing of the key can be said in Prometheus
   */
  public int label(byte[] key, int from, int to, byte[] into) {
    if (utf8) {
      System.arraycopy(key, from, into, 0, to - from);
      return to - from;
    }
    int size = 0;
    int start = from;
    int end = to;
    boolean reserved =
        to - from > 4
            && key[from] == '_'
            && key[from + 1] == '_'
            && key[to - 1] == '_'
            && key[to - 2] == '_';
    if (reserved) {
      into[size++] = '_';
      into[size++] = '_';
      start += 2;
      end -= 2;
    } else if (start < end && isDigit(key[start])) {
      System.arraycopy(DIGIT_PREFIX, 0, into, 0, DIGIT_PREFIX.length);
      size = DIGIT_PREFIX.length;
    }
    boolean said = false;
    boolean underscore = false;
    for (int i = start; i < end; i++) {
      byte b = key[i];
      if (isLetter(b) || isDigit(b)) {
        into[size++] = b;
        said = true;
        underscore = false;
      } else if (!underscore) {
        into[size++] = '_';
        underscore = true;
      }
    }
    if (!said) {
      return 0;
    }
    if (reserved) {
      into[size++] = '_';
      into[size++] = '_';
    }
    return size;
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

  private static String mainUnit(String unit) {
    int slash = unit.indexOf('/');
    String main = (slash < 0 ? unit : unit.substring(0, slash)).strip();
    return isAnnotation(main) ? "" : clean(UNITS.getOrDefault(main, main));
  }

  private static String perUnit(String unit) {
    int slash = unit.indexOf('/');
    if (slash < 0) {
      return "";
    }
    String per = unit.substring(slash + 1).strip();
    if (per.isEmpty() || isAnnotation(per)) {
      return "";
    }
    String clean = clean(PER_UNITS.getOrDefault(per, per));
    return clean.isEmpty() ? "" : "per_" + clean;
  }

  private static boolean isAnnotation(String unit) {
    return unit.indexOf('{') >= 0 || unit.indexOf('}') >= 0;
  }

  private static String clean(String unit) {
    return String.join("_", tokens(unit));
  }

  private static boolean isMetricChar(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':';
  }

  private static boolean isLetter(byte b) {
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}
