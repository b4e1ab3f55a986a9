package io.aom.topology.graph;

import io.aom.topology.column.ColumnReader;
import io.aom.topology.column.ColumnWriter;
import io.aom.topology.span.SpanTable;

/**
 * The column {@code edges}: calls between nodes by minute, and the halves of torn pairs. Its bytes
 * are described in {@code docs/format/span-block.md}.
 */
public final class EdgesColumn {
  public static final String NAME = "edges";
  private static final int VERSION = 1;

  /**
   * Most halves of either side a column holds; further ones are taken for settled, which costs the
   * edge of a torn pair, never a count.
   */
  static final int MAX_HALVES = 2048;

  private static final int NODE_MASK = (1 << 21) - 1;

  private EdgesColumn() {}

  /** Writes the calls {@code which[from, to)} of {@code calls}. */
  public static byte[] write(SpanTable spans, Calls calls, int[] which, int from, int to) {
    LongIntMap nodes = new LongIntMap(64);
    LongIntMap keys = new LongIntMap(64);
    MinuteStatsBuilder stats = new MinuteStatsBuilder(to - from);
    ColumnWriter halves = new ColumnWriter(256);
    LongIntMap aliases = new LongIntMap(64);
    int callers = 0;
    int callees = 0;
    for (int at = from; at < to; at++) {
      int call = which[at];
      Calls.Side side = calls.side(call);
      if (side == Calls.Side.ALIAS) {
        long pair =
            (long) nodes.intern(calls.caller(call)) << 21 | nodes.intern(calls.callee(call));
        aliases.intern(pair << 21 | nodes.intern(calls.key(call)));
      } else if (side == Calls.Side.CALLER && callers < MAX_HALVES) {
        callers++;
        half(halves, spans, calls, call, nodes);
      } else if (side == Calls.Side.CALLEE && callees < MAX_HALVES) {
        callees++;
        half(halves, spans, calls, call, nodes);
      } else if (calls.caller(call) >= 0 && calls.callee(call) >= 0) {
        long key = (long) nodes.intern(calls.caller(call)) << 32 | nodes.intern(calls.callee(call));
        int row = calls.row(call);
        stats.add(
            keys.intern(key), spans.startNanos(row), spans.durationNanos(row), calls.error(call));
      }
    }
    ColumnWriter out = new ColumnWriter(VERSION, 1024);
    out.varint(nodes.size());
    for (int i = 0; i < nodes.size(); i++) {
      Node node = calls.node((int) nodes.key(i));
      out.u8(node.type().code()).text(node.namespace()).text(node.name());
    }
    out.varint(keys.size());
    for (int i = 0; i < keys.size(); i++) {
      out.varint(keys.key(i) >>> 32).varint(keys.key(i) & 0xFFFF_FFFFL);
    }
    stats.write(out);
    out.varint(aliases.size());
    for (int i = 0; i < aliases.size(); i++) {
      long alias = aliases.key(i);
      out.varint(alias >>> 42).varint(alias >>> 21 & NODE_MASK).varint(alias & NODE_MASK);
    }
    out.varint(callers + callees);
    out.raw(halves.array(), 0, halves.size());
    return out.finish();
  }

  private static void half(
      ColumnWriter out, SpanTable spans, Calls calls, int call, LongIntMap nodes) {
    boolean caller = calls.side(call) == Calls.Side.CALLER;
    int row = calls.row(call);
    out.i64(calls.key(call)).u8((caller ? 1 : 0) | (calls.error(call) ? 2 : 0));
    out.varint(number(nodes, calls.caller(call))).varint(number(nodes, calls.callee(call)));
    out.varint(MinuteStatsBuilder.minute(spans.startNanos(row)));
    out.varint(LatencySketch.bucket(spans.durationNanos(row)));
  }

  private static int number(LongIntMap nodes, int node) {
    return node < 0 ? 0 : nodes.intern(node) + 1;
  }

  /** Adds to {@code map} the calls of the minutes that overlap {@code [startMillis, endMillis)}. */
  static void addTo(ServiceMap map, byte[] column, long startMillis, long endMillis) {
    ColumnReader in = ColumnReader.of(NAME, column, VERSION);
    Node[] nodes = new Node[in.count()];
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = new Node(Node.Type.of(in.u8()), in.text(), in.text());
    }
    ServiceMap.Edge[] edges = new ServiceMap.Edge[in.count()];
    for (int i = 0; i < edges.length; i++) {
      edges[i] = new ServiceMap.Edge(nodes[in.below(nodes.length)], nodes[in.below(nodes.length)]);
    }
    MinuteStats rows = new MinuteStats(in, edges.length);
    while (rows.next()) {
      if (rows.within(startMillis, endMillis)) {
        rows.addTo(map.stats(edges[rows.key()]));
      }
    }
    int aliases = in.count();
    for (int i = 0; i < aliases; i++) {
      Node caller = nodes[in.below(nodes.length)];
      Node address = nodes[in.below(nodes.length)];
      map.addAlias(new ServiceMap.Edge(caller, address), nodes[in.below(nodes.length)]);
    }
    int halves = in.count();
    for (int i = 0; i < halves; i++) {
      long key = in.i64();
      int flags = in.u8();
      int caller = in.below(nodes.length + 1) - 1;
      int callee = in.below(nodes.length + 1) - 1;
      long minute = in.varint();
      int bucket = in.below(LatencySketch.BUCKETS);
      long at = minute * 60_000;
      map.addHalf(
          key,
          (flags & 1) != 0,
          new ServiceMap.Half(
              caller < 0 ? null : nodes[caller],
              callee < 0 ? null : nodes[callee],
              bucket,
              (flags & 2) != 0,
              at < endMillis && at + 60_000 > startMillis));
    }
    in.end();
  }
}
