package io.aom.topology.block;

import io.aom.blockstore.BlockFormat;
import io.aom.blockstore.BlockPart;
import io.aom.telemetry.Topics;
import io.aom.topology.block.SpanParts.Run;
import io.aom.topology.graph.Calls;
import io.aom.topology.graph.GraphColumns;
import io.aom.topology.graph.TraceGroups;
import io.aom.topology.head.SpanSegment;
import io.aom.topology.span.SpanTable;
import java.util.ArrayList;
import java.util.List;

/** Spans as the block store sees them. Safe for any number of threads. */
public final class SpanBlockFormat implements BlockFormat<SpanSegment> {

  @Override
  public String signal() {
    return "spans";
  }

  @Override
  public String topic() {
    return Topics.SPANS;
  }

  @Override
  public int version() {
    return SpanColumns.VERSION;
  }

  @Override
  public List<String> columns() {
    return SpanColumns.ALL;
  }

  @Override
  public SpanSegment newSegment(int partition) {
    return new SpanSegment();
  }

  @Override
  public List<BlockPart> seal(SpanSegment segment) {
    return seal(segment.table());
  }

  /** Cuts a table into parts. */
  public static List<BlockPart> seal(SpanTable spans) {
    TraceGroups groups = TraceGroups.of(spans);
    List<List<Run>> cut = SpanParts.cut(spans, groups);
    int[] partOf = new int[spans.size()];
    for (int part = 0; part < cut.size(); part++) {
      for (Run run : cut.get(part)) {
        for (int row : run.rows()) {
          partOf[row] = part;
        }
      }
    }
    GraphColumns[] graphs = GraphColumns.of(spans, Calls.of(spans, groups), partOf, cut.size());
    List<BlockPart> parts = new ArrayList<>(cut.size());
    try (SpanPartWriter writer = new SpanPartWriter(spans)) {
      for (int part = 0; part < cut.size(); part++) {
        parts.add(writer.write(cut.get(part), graphs[part]));
      }
    }
    return parts;
  }
}
