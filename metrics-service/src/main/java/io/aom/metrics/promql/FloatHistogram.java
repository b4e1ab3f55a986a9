package io.aom.metrics.promql;

import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A native histogram with float counts; immutable. Buckets are exponential, or have upper bounds of
 * their own ({@link #isCustom}), of which the last bucket is infinite.
 */
public final class FloatHistogram {
  public static final int CUSTOM_SCHEMA = -53;
  private static final double[] NO_BOUNDS = {};

  /** What is known of a counter's restart between the histogram before and this one. */
  public enum Hint {
    UNKNOWN(0),
    RESET(1),
    NOT_RESET(2),
    GAUGE(3);

    private final int wire;

    Hint(int wire) {
      this.wire = wire;
    }

    int wire() {
      return wire;
    }

    static Hint ofWire(int number) {
      for (Hint hint : values()) {
        if (hint.wire == number) {
          return hint;
        }
      }
      return UNKNOWN;
    }
  }

  final int schema;
  final Hint hint;
  final double zeroThreshold;
  final double zeroCount;
  final double count;
  final double sum;
  final Buckets positive;
  final Buckets negative;
  final double[] bounds;

  FloatHistogram(
      int schema,
      Hint hint,
      double zeroThreshold,
      double zeroCount,
      double count,
      double sum,
      Buckets positive,
      Buckets negative,
      double[] bounds) {
    this.schema = schema;
    this.hint = hint;
    this.zeroThreshold = zeroThreshold;
    this.zeroCount = zeroCount;
    this.count = count;
    this.sum = sum;
    this.positive = positive;
    this.negative = negative;
    this.bounds = bounds;
  }

  /**
   * A histogram of these buckets.
   *
   * @param bounds upper bounds of custom buckets, ascending, the infinite one left out; empty for
   *     exponential ones
   */
  public static FloatHistogram of(
      int schema,
      Hint hint,
      double zeroThreshold,
      double zeroCount,
      double count,
      double sum,
      Buckets positive,
      Buckets negative,
      double[] bounds) {
    return new FloatHistogram(
        schema, hint, zeroThreshold, zeroCount, count, sum, positive, negative, bounds.clone());
  }

  /** One bucket with its bounds; the lower one does not belong to it. */
  public record Bucket(double lower, double upper, double count) {}

  /** From {@code io.prometheus.write.v2.Histogram}. */
  public static FloatHistogram ofWire(byte[] bytes) {
    return new HistogramWireReader(bytes).histogram();
  }

  /** As {@code io.prometheus.write.v2.Histogram} with float counts. */
  public byte[] toWire(long timeMillis) {
    ProtoWriter out = new ProtoWriter(128);
    out.float64(2, count).float64(3, sum).sint(4, schema).float64(5, zeroThreshold);
    out.float64(7, zeroCount);
    negative.write(out, 8, 10);
    positive.write(out, 11, 13);
    out.varint(14, hint.wire());
    out.varint(15, timeMillis);
    if (bounds.length > 0) {
      int begun = out.begin(16);
      for (double bound : bounds) {
        out.packedFixed64(Double.doubleToRawLongBits(bound));
      }
      out.end(begun);
    }
    return out.toByteArray();
  }

  public boolean isCustom() {
    return schema == CUSTOM_SCHEMA;
  }

  public Hint hint() {
    return hint;
  }

  public int schema() {
    return schema;
  }

  public double zeroThreshold() {
    return zeroThreshold;
  }

  public double zeroCount() {
    return zeroCount;
  }

  /** Buckets above the zero bucket, or all of a histogram with custom buckets. */
  public Buckets positive() {
    return positive;
  }

  /** Buckets below the zero bucket, by the index of their mirror image. */
  public Buckets negative() {
    return negative;
  }

  public double count() {
    return count;
  }

  public double sum() {
    return sum;
  }

  public FloatHistogram withHint(Hint newHint) {
    return newHint == hint
        ? this
        : new FloatHistogram(
            schema, newHint, zeroThreshold, zeroCount, count, sum, positive, negative, bounds);
  }

  /** Nothing observed, in the same kind of buckets. */
  FloatHistogram emptied() {
    return new FloatHistogram(schema, Hint.UNKNOWN, 0, 0, 0, 0, Buckets.NONE, Buckets.NONE, bounds);
  }

  FloatHistogram times(double factor) {
    return new FloatHistogram(
        schema,
        factor < 0 ? Hint.GAUGE : hint,
        zeroThreshold,
        zeroCount * factor,
        count * factor,
        sum * factor,
        positive.times(factor),
        negative.times(factor),
        bounds);
  }

  /** With the other sign and, as in Prometheus, the same buckets, empty ones too. */
  FloatHistogram negated() {
    return new FloatHistogram(
        schema,
        Hint.GAUGE,
        zeroThreshold,
        -zeroCount,
        -count,
        -sum,
        positive.negated(),
        negative.negated(),
        bounds);
  }

  FloatHistogram dividedBy(double divisor) {
    return new FloatHistogram(
        schema,
        divisor < 0 ? Hint.GAUGE : hint,
        zeroThreshold,
        zeroCount / divisor,
        count / divisor,
        sum / divisor,
        divisor == 0 ? Buckets.NONE : positive.dividedBy(divisor),
        divisor == 0 ? Buckets.NONE : negative.dividedBy(divisor),
        bounds);
  }

  double upper(int index) {
    if (isCustom()) {
      return index < bounds.length ? bounds[index] : Double.POSITIVE_INFINITY;
    }
    return ExponentialBounds.upper(index, schema);
  }

  double lower(int index) {
    if (isCustom()) {
      return index == 0 ? Double.NEGATIVE_INFINITY : bounds[Math.min(index, bounds.length) - 1];
    }
    return ExponentialBounds.upper(index - 1, schema);
  }

  /**
   * All buckets with observations, in the order of their bounds, the zero bucket among them; where
   * another would overlap it, that begins behind it.
   */
  public List<Bucket> buckets() {
    List<Bucket> all = new ArrayList<>();
    Buckets below = negative.populated();
    for (int i = below.size() - 1; i >= 0; i--) {
      int index = below.index(i);
      all.add(new Bucket(-upper(index), -beyondZero(lower(index)), below.count(i)));
    }
    if (zeroCount > 0) {
      all.add(new Bucket(-zeroThreshold, zeroThreshold, zeroCount));
    }
    Buckets above = positive.populated();
    for (int i = 0; i < above.size(); i++) {
      int index = above.index(i);
      all.add(new Bucket(beyondZero(lower(index)), upper(index), above.count(i)));
    }
    return all;
  }

  private double beyondZero(double lower) {
    return lower > 0 ? Math.max(lower, zeroThreshold) : lower;
  }

  /** Whether the bounds are the same numbers; 0 and -0 are. */
  public boolean sameBounds(FloatHistogram other) {
    boolean same = bounds.length == other.bounds.length;
    for (int i = 0; same && i < bounds.length; i++) {
      same = bounds[i] == other.bounds[i];
    }
    return same;
  }

  /** Whether both can be added: not one with exponential and one with custom buckets. */
  boolean matches(FloatHistogram other) {
    return isCustom() == other.isCustom();
  }

  /** The same observations in the buckets of a coarser schema. */
  FloatHistogram withSchema(int coarser) {
    if (coarser == schema) {
      return this;
    }
    int shift = schema - coarser;
    return new FloatHistogram(
        coarser,
        hint,
        zeroThreshold,
        zeroCount,
        count,
        sum,
        positive.coarser(shift),
        negative.coarser(shift),
        bounds);
  }

  /** The same observations in the buckets of fewer bounds, each of them one of this histogram. */
  FloatHistogram withBounds(double[] fewer) {
    if (Arrays.equals(bounds, fewer)) {
      return this;
    }
    Buckets.Builder merged = new Buckets.Builder();
    int target = 0;
    for (int i = 0; i < positive.size(); i++) {
      double upper = upper(positive.index(i));
      while (target < fewer.length && fewer[target] < upper) {
        target++;
      }
      merged.add(target, positive.count(i));
    }
    return new FloatHistogram(
        schema, hint, zeroThreshold, zeroCount, count, sum, merged.build(), negative, fewer);
  }

  /** The bounds that both histograms have. */
  double[] commonBounds(FloatHistogram other) {
    double[] common = new double[Math.min(bounds.length, other.bounds.length)];
    int size = 0;
    int b = 0;
    for (double bound : bounds) {
      while (b < other.bounds.length && other.bounds[b] < bound) {
        b++;
      }
      if (b < other.bounds.length && other.bounds[b] == bound) {
        common[size++] = bound;
      }
    }
    return Arrays.copyOf(common, size);
  }

  /**
   * The same observations with a zero bucket at least as wide as {@code threshold}; wider if it
   * would end inside a bucket that has observations.
   */
  FloatHistogram withZeroThreshold(double threshold) {
    if (threshold <= zeroThreshold || isCustom()) {
      return this;
    }
    double wider = threshold;
    for (Buckets side : List.of(positive, negative)) {
      for (int i = 0; i < side.size(); i++) {
        int index = side.index(i);
        if (side.count(i) != 0 && lower(index) < wider && upper(index) > wider) {
          return withZeroThreshold(upper(index));
        }
      }
    }
    double zeros = zeroCount;
    List<Buckets> left = new ArrayList<>();
    for (Buckets side : List.of(positive, negative)) {
      Buckets.Builder rest = new Buckets.Builder();
      for (int i = 0; i < side.size(); i++) {
        if (upper(side.index(i)) <= wider) {
          zeros += side.count(i);
        } else {
          rest.add(side.index(i), side.count(i));
        }
      }
      left.add(rest.build());
    }
    return new FloatHistogram(
        schema, hint, wider, zeros, count, sum, left.get(0), left.get(1), bounds);
  }

  /**
   * Sum of two histograms of the same kind, in buckets that fit both.
   *
   * @throws IllegalArgumentException if {@link #matches} says no
   */
  public FloatHistogram plus(FloatHistogram other) {
    return combined(other, 1);
  }

  /** The difference of two histograms of the same kind, which is no counter any more. */
  public FloatHistogram minus(FloatHistogram other) {
    return difference(other).withHint(Hint.GAUGE);
  }

  /** Like {@link #minus}, with a hint as a sum has it. */
  FloatHistogram difference(FloatHistogram other) {
    return combined(other, -1);
  }

  private FloatHistogram combined(FloatHistogram other, double sign) {
    if (!matches(other)) {
      throw new IllegalArgumentException(
          "schema: " + other.schema + " (expected: of the kind of " + schema + ")");
    }
    FloatHistogram a = this;
    FloatHistogram b = other;
    if (isCustom()) {
      double[] common = a.commonBounds(b);
      a = a.withBounds(common);
      b = b.withBounds(common);
    } else {
      while (a.zeroThreshold != b.zeroThreshold) {
        a = a.withZeroThreshold(b.zeroThreshold);
        b = b.withZeroThreshold(a.zeroThreshold);
      }
      int coarser = Math.min(a.schema, b.schema);
      a = a.withSchema(coarser);
      b = b.withSchema(coarser);
    }
    return new FloatHistogram(
        a.schema,
        combinedHint(hint, other.hint),
        a.zeroThreshold,
        a.zeroCount + sign * b.zeroCount,
        a.count + sign * b.count,
        a.sum + sign * b.sum,
        a.positive.plus(b.positive, sign),
        a.negative.plus(b.negative, sign),
        a.bounds);
  }

  static Hint combinedHint(Hint a, Hint b) {
    if (a == Hint.GAUGE || b == Hint.GAUGE) {
      return Hint.GAUGE;
    }
    return a == b ? a : Hint.UNKNOWN;
  }

  /** Whether a counter was restarted between {@code before} and this histogram. */
  public boolean isResetAfter(FloatHistogram before) {
    if (hint == Hint.RESET) {
      return true;
    }
    if (hint == Hint.NOT_RESET) {
      return false;
    }
    if (count < before.count || !matches(before)) {
      return true;
    }
    if (isCustom()) {
      double[] common = commonBounds(before);
      return withBounds(common).positive.anyBelow(before.withBounds(common).positive);
    }
    if (schema > before.schema || zeroThreshold < before.zeroThreshold) {
      return true;
    }
    FloatHistogram widened = before.withZeroThreshold(zeroThreshold);
    FloatHistogram merged = before.withSchema(schema);
    return widened.zeroThreshold != zeroThreshold
        || zeroCount < widened.zeroCount
        || positive.anyBelow(beyondZero(merged.positive))
        || negative.anyBelow(beyondZero(merged.negative));
  }

  /** Count and sum alone, with a hint from comparing with the one before if there is no other. */
  FloatHistogram statistics(@Nullable FloatHistogram before) {
    Hint known = hint;
    if (known == Hint.UNKNOWN && before != null) {
      known = isResetAfter(before) ? Hint.RESET : Hint.NOT_RESET;
    }
    return new FloatHistogram(
        schema, known, 0, 0, count, sum, Buckets.NONE, Buckets.NONE, NO_BOUNDS);
  }

  /** Buckets of this histogram's schema that end beyond its zero bucket. */
  private Buckets beyondZero(Buckets side) {
    if (side.size() == 0 || upper(side.index(0)) > zeroThreshold) {
      return side;
    }
    Buckets.Builder rest = new Buckets.Builder();
    for (int i = 0; i < side.size(); i++) {
      if (upper(side.index(i)) > zeroThreshold) {
        rest.add(side.index(i), side.count(i));
      }
    }
    return rest.build();
  }

  /** Whether both hold the same numbers, whatever the hints say. */
  boolean sameContent(FloatHistogram other) {
    return schema == other.schema
        && same(count, other.count)
        && same(sum, other.sum)
        && zeroThreshold == other.zeroThreshold
        && same(zeroCount, other.zeroCount)
        && positive.equals(other.positive)
        && negative.equals(other.negative)
        && (!isCustom() || sameBounds(other));
  }

  /** The same, and no bucket of either is missing in the other: Prometheus's {@code ==}. */
  boolean sameLayout(FloatHistogram other) {
    return sameContent(other)
        && positive.sameLayout(other.positive)
        && negative.sameLayout(other.negative);
  }

  private static boolean same(double a, double b) {
    return Double.doubleToLongBits(a) == Double.doubleToLongBits(b);
  }

  /** As Prometheus prints it: {@code {count:3, sum:4, (1,2]:3}}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{count:").append(Numbers.formatShort(count));
    text.append(", sum:").append(Numbers.formatShort(sum));
    Buckets below = negative.populated();
    for (int i = below.size() - 1; i >= 0; i--) {
      int index = below.index(i);
      text.append(", [")
          .append(Numbers.formatShort(-upper(index)))
          .append(',')
          .append(Numbers.formatShort(-lower(index)))
          .append("):")
          .append(Numbers.formatShort(below.count(i)));
    }
    if (zeroCount != 0) {
      text.append(", [")
          .append(Numbers.formatShort(-zeroThreshold))
          .append(',')
          .append(Numbers.formatShort(zeroThreshold))
          .append("]:")
          .append(Numbers.formatShort(zeroCount));
    }
    Buckets above = positive.populated();
    for (int i = 0; i < above.size(); i++) {
      int index = above.index(i);
      boolean first = isCustom() && index == 0;
      text.append(first ? ", [" : ", (")
          .append(Numbers.formatShort(lower(index)))
          .append(',')
          .append(Numbers.formatShort(upper(index)))
          .append("]:")
          .append(Numbers.formatShort(above.count(i)));
    }
    return text.append('}').toString();
  }

  static double[] noBounds() {
    return NO_BOUNDS;
  }
}
