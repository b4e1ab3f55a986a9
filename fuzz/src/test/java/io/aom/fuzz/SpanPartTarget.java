package io.aom.fuzz;

import io.aom.blockstore.BlockPart;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.topology.block.SpanBlockFormat;
import io.aom.topology.block.SpanColumns;
import io.aom.topology.block.SpanPart;
import io.aom.topology.column.MalformedColumnException;
import io.aom.topology.graph.RedColumn;
import io.aom.topology.graph.ServiceMap;
import io.aom.topology.span.RawSpan;
import io.aom.topology.span.SpanDecoder;
import io.aom.topology.span.SpanTableBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Columns of a block of spans, with right checksums, are spans or malformed. */
final class SpanPartTarget implements Target {
  private static final int READ = 8;
  private static final SpanBlockFormat FORMAT = new SpanBlockFormat();

  /** A column's content may be so large, if its frame unfolds to that. */
  @Override
  public long mostAllocated() {
    return 280 << 20;
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (byte[] request : new SpanRecordTarget().seeds()) {
      SpanTableBuilder spans = new SpanTableBuilder();
      spans.append(SplitTarget.TENANT, request, SplitTarget.NOW);
      for (BlockPart part : SpanBlockFormat.seal(spans.table())) {
        seeds.add(Columns.join(FORMAT.columns(), part.columns()));
        Map<String, byte[]> few = new HashMap<>(part.columns());
        few.keySet().retainAll(List.of(SpanColumns.TRACES, SpanColumns.TIMES, SpanColumns.NAMES));
        seeds.add(Columns.join(FORMAT.columns(), few));
        few = new HashMap<>(part.columns());
        few.keySet().retainAll(List.of(SpanColumns.RED, SpanColumns.EDGES));
        seeds.add(Columns.join(FORMAT.columns(), few));
      }
    }
    return seeds;
  }

  @Override
  public void check(byte[] input) {
    Map<String, byte[]> columns = Columns.of(FORMAT.columns(), input, 0);
    Checks.taken(MalformedColumnException.class, () -> spans(columns));
    byte[] red = columns.get(SpanColumns.RED);
    if (red != null) {
      Checks.taken(
          MalformedColumnException.class,
          () -> RedColumn.addServices(red, 0, Long.MAX_VALUE, new HashMap<>()));
    }
    byte[] edges = columns.get(SpanColumns.EDGES);
    if (edges != null) {
      Checks.taken(
          MalformedColumnException.class,
          () -> {
            ServiceMap map = new ServiceMap();
            map.add(edges, 0, Long.MAX_VALUE);
            map.edges(Set.of());
          });
    }
  }

  private static void spans(Map<String, byte[]> columns) {
    SpanPart part = new SpanPart(columns);
    for (int row = 0; row < Math.min(part.size(), READ); row++) {
      part.serviceName(part.service(row)).id();
      part.operationName(part.operation(row));
      part.kind(row);
      part.status(row);
    }
    for (int trace = 0; trace < part.groups().traces(); trace++) {
      part.groups().startNanos(part, trace);
    }
    byte[] detail = columns.get(SpanColumns.DETAIL);
    if (detail == null || !columns.containsKey(SpanColumns.IDS)) {
      return;
    }
    for (RawSpan raw : part.raw(detail, row -> row < READ)) {
      Checks.taken(MalformedWireException.class, () -> SpanDecoder.decode(raw));
    }
  }
}
