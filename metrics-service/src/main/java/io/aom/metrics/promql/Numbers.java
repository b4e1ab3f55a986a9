package io.aom.metrics.promql;

import java.math.BigDecimal;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/** Numbers as Prometheus writes them. */
public final class Numbers {
  /** From this exponent on Go's shortest {@code %g} writes one. */
  private static final int MOST_PLAIN = 6;

  private Numbers() {}

  /** A number as Go reads it from a label, or null if it is none. */
  public static @Nullable Double parse(String text) {
    String unsigned = text.startsWith("+") || text.startsWith("-") ? text.substring(1) : text;
    boolean negative = text.startsWith("-");
    if (unsigned.equalsIgnoreCase("inf") || unsigned.equalsIgnoreCase("infinity")) {
      return negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (text.equalsIgnoreCase("nan")) {
      return Double.NaN;
    }
    boolean hexadecimal = unsigned.length() > 2 && (unsigned.charAt(1) | 32) == 'x';
    char first = unsigned.isEmpty() ? ' ' : unsigned.charAt(0);
    char last = unsigned.isEmpty() ? ' ' : unsigned.charAt(unsigned.length() - 1);
    boolean ends = (last >= '0' && last <= '9') || last == '.';
    boolean scaled = unsigned.indexOf('p') >= 0 || unsigned.indexOf('P') >= 0;
    if (!ends || first <= ' ' || hexadecimal != scaled) {
      return null; // Java would take blanks, 1d and 1f
    }
    try {
      return Double.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The shortest decimal text that reads back as the same number, without an exponent. */
  public static String format(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return value == 0 && 1 / value < 0 ? "-0" : Long.toString((long) value);
    }
    double size = Math.abs(value);
    if (size >= 1e-3 && size < 1e7) {
      return Double.toString(value);
    }
    return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
  }

  /**
   * The shortest text that reads back as the same number, with an exponent below 1e-4 and from 1e6
   * on; as Go's {@code %g} writes it.
   */
  public static String formatShort(double value) {
    if (!Double.isFinite(value) || value == 0) {
      return format(value);
    }
    return compact(new BigDecimal(Double.toString(value)), MOST_PLAIN);
  }

  /** Rounded to two digits, as C's {@code %.2g} writes it. */
  static String formatTwoDigits(double value) {
    if (!Double.isFinite(value) || value == 0) {
      return format(value);
    }
    return compact(new BigDecimal(value).round(new MathContext(2)), 2);
  }

  /** The shortest text that reads back as the same number, as answers of the HTTP API have it. */
  public static String formatValue(double value) {
    double size = Math.abs(value);
    boolean plain = size == 0 || (size >= 1e-6 && size < 1e21) || !Double.isFinite(value);
    return plain ? format(value) : scientific(new BigDecimal(Double.toString(value)));
  }

  /** Plain, unless the exponent is below -4 or at least {@code fewest}. */
  private static String compact(BigDecimal number, int fewest) {
    int exponent = number.precision() - number.scale() - 1;
    return exponent >= -4 && exponent < fewest
        ? number.stripTrailingZeros().toPlainString()
        : scientific(number);
  }

  private static String scientific(BigDecimal number) {
    BigDecimal exact = number.stripTrailingZeros();
    int exponent = exact.precision() - exact.scale() - 1;
    String digits = exact.unscaledValue().abs().toString();
    String power = Integer.toString(Math.abs(exponent));
    return (exact.signum() < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + (power.length() < 2 ? "0" : "")
        + power;
  }

  /** Go's {@code math.Pow}: one stays one whatever the power, and so does -1 at infinity. */
  static double power(double a, double b) {
    return a == 1 || (a == -1 && Double.isInfinite(b)) ? 1 : Math.pow(a, b);
  }

  /** Go's {@code math.Max}: an infinity beats even NaN. */
  static double greater(double a, double b) {
    return a == Double.POSITIVE_INFINITY || b == Double.POSITIVE_INFINITY
        ? Double.POSITIVE_INFINITY
        : Math.max(a, b);
  }

  /** Go's {@code math.Min}: an infinity beats even NaN. */
  static double lesser(double a, double b) {
    return a == Double.NEGATIVE_INFINITY || b == Double.NEGATIVE_INFINITY
        ? Double.NEGATIVE_INFINITY
        : Math.min(a, b);
  }
}
