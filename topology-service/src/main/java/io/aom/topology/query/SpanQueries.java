package io.aom.topology.query;

import io.aom.blockstore.HeadQuery;
import io.aom.topology.head.SpanSegment;
import java.util.List;

/** What other members may ask of heads of spans. */
public final class SpanQueries {
  private SpanQueries() {}

  public static List<HeadQuery<SpanSegment, ?, ?>> all() {
    return List.of(
        TraceQueries.TRACE,
        TraceQueries.NEWEST,
        TraceQueries.PIECES,
        TraceQueries.COUNT,
        GraphQueries.GRAPH);
  }
}
