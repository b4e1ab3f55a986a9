package io.aom.topology.graph;

import io.aom.topology.span.ByteHash;
import io.aom.topology.span.SpanKind;
import io.aom.topology.span.SpanTable;
import java.util.Arrays;
import java.util.BitSet;

/** Finds the spans of one trace by id; reused from trace to trace. Not thread-safe. */
final class TraceIndex {
  private final SpanTable spans;
  private final TraceGroups groups;
  private int from;
  private int mask;
  private int[] slots = new int[64];
  private int[] next = new int[32];

  TraceIndex(SpanTable spans, TraceGroups groups) {
    this.spans = spans;
    this.groups = groups;
  }

  /**
   * Takes in a trace. A span that was there before with the same id and kind was delivered twice:
   * its row is set in {@code duplicates} and not found.
   */
  void reset(int trace, BitSet duplicates) {
    from = groups.from(trace);
    int size = groups.from(trace + 1) - from;
    int capacity = Integer.highestOneBit(Math.max(8, size)) * 4;
    if (capacity > slots.length) {
      slots = new int[capacity];
    } else {
      Arrays.fill(slots, 0, capacity, 0);
    }
    if (size > next.length) {
      next = new int[size * 2];
    }
    mask = capacity - 1;
    for (int at = 0; at < size; at++) {
      if (!insert(at)) {
        duplicates.set(groups.rowAt(from + at));
      }
    }
  }

  private boolean insert(int at) {
    int row = groups.rowAt(from + at);
    long id = spans.spanId(row);
    int slot = ByteHash.of(id) & mask;
    next[at] = 0;
    for (int entry = slots[slot]; entry != 0; entry = slots[slot]) {
      if (spans.spanId(row(entry)) == id) {
        int last = entry;
        while (true) {
          if (spans.kind(row(last)) == spans.kind(row)) {
            return false;
          }
          if (next[last - 1] == 0) {
            break;
          }
          last = next[last - 1];
        }
        next[last - 1] = at + 1;
        return true;
      }
      slot = (slot + 1) & mask;
    }
    slots[slot] = at + 1;
    return true;
  }

  /**
   * Row of the parent of the span in {@code row}; -1 if the trace has none here. Where a client and
   * a server share a span id, as Zipkin's instrumentation does, the client is the server's parent,
   * and the server is the parent of what comes below.
   */
  int parent(int row) {
    SpanKind kind = spans.kind(row);
    if (kind == SpanKind.SERVER) {
      int shared = find(spans.spanId(row), SpanKind.CLIENT, false);
      if (shared >= 0) {
        return shared;
      }
    }
    long parent = spans.parentId(row);
    if (parent == 0) {
      return -1;
    }
    if (parent == spans.spanId(row)) {
      return -1;
    }
    return find(parent, kind.entry() ? SpanKind.CLIENT : SpanKind.SERVER, true);
  }

  private int find(long id, SpanKind preferred, boolean orOther) {
    int slot = ByteHash.of(id) & mask;
    for (int entry = slots[slot]; entry != 0; entry = slots[slot]) {
      if (spans.spanId(row(entry)) == id) {
        for (int same = entry; same != 0; same = next[same - 1]) {
          if (spans.kind(row(same)) == preferred) {
            return row(same);
          }
        }
        return orOther ? row(entry) : -1;
      }
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  private int row(int entry) {
    return groups.rowAt(from + entry - 1);
  }
}
