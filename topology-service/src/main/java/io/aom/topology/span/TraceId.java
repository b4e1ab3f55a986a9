package io.aom.topology.span;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;

/** A 16-byte trace id as two big-endian halves. Ordered as its hex form is. */
public record TraceId(long high, long low) implements Comparable<TraceId> {

  /**
   * Reads 32 hex digits, or the 16 of an 8-byte id, which is the low half of an id whose high half
   * is zero.
   */
  public static TraceId parse(String hex) {
    if (hex.length() != 32 && hex.length() != 16) {
      throw invalid(hex);
    }
    try {
      int split = hex.length() - 16;
      long high = split == 0 ? 0 : unsignedHex(hex, 0, split);
      return new TraceId(high, unsignedHex(hex, split, hex.length()));
    } catch (NumberFormatException _) {
      throw invalid(hex);
    }
  }

  private static long unsignedHex(String hex, int from, int to) {
    if (hex.charAt(from) == '+') {
      throw new NumberFormatException();
    }
    return Long.parseUnsignedLong(hex, from, to, 16);
  }

  private static RejectedException invalid(String hex) {
    String shown = hex.length() > 64 ? hex.substring(0, 64) : hex;
    return new RejectedException(
        Problem.BAD_REQUEST, "traceId: " + shown + " (expected: 32 or 16 hex digits)");
  }

  /** 32 lower-case hex digits. */
  public String hex() {
    return hex(high) + hex(low);
  }

  /** 16 lower-case hex digits. */
  public static String hex(long half) {
    char[] digits = new char[16];
    for (int i = 0; i < 16; i++) {
      digits[i] = Character.forDigit((int) (half >>> (60 - 4 * i)) & 15, 16);
    }
    return new String(digits);
  }

  @Override
  public int compareTo(TraceId other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  @Override
  public String toString() {
    return hex();
  }
}
