package io.aom.logs.query.lang;

/**
 * Bounds on a query's text, checked while it is read.
 *
 * @param length most characters
 * @param depth deepest nesting of parentheses and NOT
 * @param terms most words, phrases and fields
 */
public record LogQueryLimits(int length, int depth, int terms) {
  /** What callers may write. */
  public static final LogQueryLimits DEFAULT = new LogQueryLimits(8_192, 32, 256);

  /** What a member takes from another, which has checked it and added filters. */
  public static final LogQueryLimits INTERNAL = new LogQueryLimits(1 << 20, 128, 1 << 16);
}
