package io.aom.metrics.promql;

import io.aom.telemetry.wire.ProtoWriter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Buckets of one side of a histogram, by index, ascending. Zeros are among them only as a sender
 * wrote them; what is calculated has none, unless it is but another sign. Immutable.
 */
public final class Buckets {
  static final Buckets NONE = new Buckets(new int[0], new double[0], 0);

  private final int[] indexes;
  private final double[] counts;
  private final int size;

  private Buckets(int[] indexes, double[] counts, int size) {
    this.indexes = indexes;
    this.counts = counts;
    this.size = size;
  }

  public int size() {
    return size;
  }

  public int index(int place) {
    return indexes[place];
  }

  public double count(int place) {
    return counts[place];
  }

  /** Buckets that follow each other, the first at {@code first}; zeros stay. */
  public static Buckets from(int first, double... counts) {
    int[] indexes = new int[counts.length];
    for (int i = 0; i < counts.length; i++) {
      indexes[i] = first + i;
    }
    return counts.length == 0 ? NONE : new Buckets(indexes, counts.clone(), counts.length);
  }

  /** The first {@code size} of these, whose indexes rise; zeros stay. */
  static Buckets written(int[] indexes, double[] counts, int size) {
    return size == 0 ? NONE : new Buckets(indexes, counts, size);
  }

  /** Without zeros. */
  public Buckets populated() {
    for (int i = 0; i < size; i++) {
      if (counts[i] == 0) {
        return times(1);
      }
    }
    return this;
  }

  /** Gathers buckets in ascending order; equal indexes add up, zeros vanish. */
  static final class Builder {
    private int[] indexes = new int[8];
    private double[] counts = new double[8];
    private int size;

    void add(int index, double count) {
      if (count == 0) {
        return;
      }
      if (size > 0 && indexes[size - 1] == index) {
        counts[size - 1] += count;
        return;
      }
      if (size == indexes.length) {
        indexes = Arrays.copyOf(indexes, size * 2);
        counts = Arrays.copyOf(counts, size * 2);
      }
      indexes[size] = index;
      counts[size++] = count;
    }

    Buckets build() {
      int kept = 0;
      for (int i = 0; i < size; i++) {
        if (counts[i] != 0) {
          indexes[kept] = indexes[i];
          counts[kept++] = counts[i];
        }
      }
      return kept == 0 ? NONE : new Buckets(indexes, counts, kept);
    }
  }

  Buckets times(double factor) {
    Builder builder = new Builder();
    for (int i = 0; i < size; i++) {
      builder.add(indexes[i], counts[i] * factor);
    }
    return builder.build();
  }

  /** With the other sign; zeros stay. */
  Buckets negated() {
    double[] negated = new double[size];
    for (int i = 0; i < size; i++) {
      negated[i] = -counts[i];
    }
    return written(indexes, negated, size);
  }

  Buckets dividedBy(double divisor) {
    Builder builder = new Builder();
    for (int i = 0; i < size; i++) {
      builder.add(indexes[i], counts[i] / divisor);
    }
    return builder.build();
  }

  Buckets plus(Buckets other, double sign) {
    Builder builder = new Builder();
    int a = 0;
    int b = 0;
    while (a < size || b < other.size) {
      if (b == other.size || (a < size && indexes[a] < other.indexes[b])) {
        builder.add(indexes[a], counts[a++]);
      } else if (a == size || other.indexes[b] < indexes[a]) {
        builder.add(other.indexes[b], sign * other.counts[b++]);
      } else {
        builder.add(indexes[a], counts[a++] + sign * other.counts[b++]);
      }
    }
    return builder.build();
  }

  /** Buckets of a schema that is {@code shift} steps coarser, 1 to 63. */
  Buckets coarser(int shift) {
    Builder builder = new Builder();
    for (int i = 0; i < size; i++) {
      builder.add((int) ((indexes[i] - 1L) >> shift) + 1, counts[i]);
    }
    return builder.build();
  }

  /** Whether any bucket has less than the same bucket of {@code before}. */
  boolean anyBelow(Buckets before) {
    int a = 0;
    for (int b = 0; b < before.size; b++) {
      while (a < size && indexes[a] < before.indexes[b]) {
        a++;
      }
      double now = a < size && indexes[a] == before.indexes[b] ? counts[a] : 0;
      if (now < before.counts[b]) {
        return true;
      }
    }
    return false;
  }

  /** Whether both hold the same, zeros among it. */
  boolean sameLayout(Buckets other) {
    return Arrays.equals(indexes, 0, size, other.indexes, 0, other.size)
        && Arrays.equals(counts, 0, size, other.counts, 0, other.size);
  }

  /** Writes remote write's spans and float counts. */
  void write(ProtoWriter out, int spansField, int countsField) {
    long end = 0;
    for (int from = 0; from < size; ) {
      int to = from + 1;
      while (to < size && indexes[to] == indexes[to - 1] + 1) {
        to++;
      }
      int begun = out.begin(spansField);
      out.sint(1, indexes[from] - end);
      out.varint(2, to - from);
      out.end(begun);
      end = indexes[to - 1] + 1L;
      from = to;
    }
    if (size > 0) {
      int begun = out.begin(countsField);
      for (int i = 0; i < size; i++) {
        out.packedFixed64(Double.doubleToRawLongBits(counts[i]));
      }
      out.end(begun);
    }
  }

  /** Whether zeros aside both hold the same. */
  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof Buckets that)) {
      return false;
    }
    Buckets a = populated();
    Buckets b = that.populated();
    for (int i = 0; i < a.size && a.size == b.size; i++) {
      if (a.indexes[i] != b.indexes[i]
          || Double.doubleToLongBits(a.counts[i]) != Double.doubleToLongBits(b.counts[i])) {
        return false;
      }
    }
    return a.size == b.size;
  }

  @Override
  public int hashCode() {
    return populated().size;
  }
}
