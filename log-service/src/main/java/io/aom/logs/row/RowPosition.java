package io.aom.logs.row;

import java.util.Comparator;

/**
 * Where a row stands in the one order that all answers share: by time, then partition, offset and
 * ordinal. It is the same in a head and in the block that follows, so a cursor holds across both.
 *
 * @param timeNanos epoch nanoseconds
 * @param offset Kafka offset of the record that brought the row
 * @param ordinal which of that record's rows, from 0
 */
public record RowPosition(long timeNanos, int partition, long offset, int ordinal)
    implements Comparable<RowPosition> {
  private static final Comparator<RowPosition> ORDER =
      Comparator.comparingLong(RowPosition::timeNanos)
          .thenComparingInt(RowPosition::partition)
          .thenComparingLong(RowPosition::offset)
          .thenComparingInt(RowPosition::ordinal);

  @Override
  public int compareTo(RowPosition other) {
    return ORDER.compare(this, other);
  }
}
