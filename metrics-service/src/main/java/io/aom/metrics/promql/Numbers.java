package io.aom.metrics.promql;

import java.math.BigDecimal;

/** Numbers as Prometheus writes them. */
public final class Numbers {
  private Numbers() {}

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

  /** As a short text: like {@link #format}, with an exponent for very large and small numbers. */
  public static String formatShort(double value) {
    double size = Math.abs(value);
    if (!Double.isFinite(value) || value == 0 || (size >= 1e-4 && size < 1e21)) {
      return format(value);
    }
    String digits = Double.toString(value); // d.dddE[-]x
    int exponent = digits.indexOf('E');
    if (exponent < 0) {
      return digits;
    }
    String mantissa = digits.substring(0, exponent);
    if (mantissa.endsWith(".0")) {
      mantissa = mantissa.substring(0, mantissa.length() - 2);
    }
    String power = digits.substring(exponent + 1);
    boolean negative = power.startsWith("-");
    String amount = negative ? power.substring(1) : power;
    return mantissa + (negative ? "e-" : "e+") + (amount.length() < 2 ? "0" : "") + amount;
  }
}
