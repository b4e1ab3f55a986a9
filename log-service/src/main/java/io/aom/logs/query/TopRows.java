package io.aom.logs.query;

import io.aom.logs.row.RowPosition;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The first {@code limit} rows of an order, of those offered. Not thread-safe.
 *
 * @param <T> where to find the row
 */
final class TopRows<T> {
  record Entry<T>(RowPosition position, T where) {}

  private final boolean newestFirst;
  private final int limit;
  private final @Nullable RowPosition after;
  private final Comparator<Entry<T>> order;
  private final PriorityQueue<Entry<T>> worstFirst;

  /**
   * @param after only rows that come strictly after this one in the order; null for all
   */
  TopRows(boolean newestFirst, int limit, @Nullable RowPosition after) {
    this.newestFirst = newestFirst;
    this.limit = limit;
    this.after = after;
    Comparator<Entry<T>> ascending = Comparator.comparing(Entry::position);
    order = newestFirst ? ascending.reversed() : ascending;
    worstFirst = new PriorityQueue<>(order.reversed());
  }

  /** Whether a row with a time in {@code [minNanos, maxNanos]} can be among the first. */
  boolean wants(long minNanos, long maxNanos) {
    if (limit == 0) {
      return false;
    }
    if (after != null
        && (newestFirst ? minNanos > after.timeNanos() : maxNanos < after.timeNanos())) {
      return false;
    }
    if (worstFirst.size() < limit) {
      return true;
    }
    long worst = worstFirst.element().position().timeNanos();
    return newestFirst ? maxNanos >= worst : minNanos <= worst;
  }

  void offer(RowPosition position, T where) {
    if (limit == 0 || (after != null && !comesAfter(position, after))) {
      return;
    }
    Entry<T> entry = new Entry<>(position, where);
    if (worstFirst.size() == limit) {
      if (order.compare(entry, worstFirst.element()) >= 0) {
        return;
      }
      worstFirst.remove();
    }
    worstFirst.add(entry);
  }

  private boolean comesAfter(RowPosition position, RowPosition other) {
    int compared = position.compareTo(other);
    return newestFirst ? compared < 0 : compared > 0;
  }

  boolean full() {
    return worstFirst.size() == limit;
  }

  /** What is held, in the order. */
  List<Entry<T>> inOrder() {
    return worstFirst.stream().sorted(order).toList();
  }
}
