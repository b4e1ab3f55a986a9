package io.aom.topology.block;

import io.aom.topology.graph.EdgesColumn;
import io.aom.topology.graph.RedColumn;
import java.util.List;

/** Names of the columns of a part of spans; {@code docs/format/span-block.md} has their bytes. */
public final class SpanColumns {
  /** Version of all columns this code writes. */
  static final int VERSION = 1;

  /** Trace ids, first times and sizes. */
  public static final String TRACES = "traces";

  /** Span and parent ids. */
  public static final String IDS = "ids";

  /** Start times and durations. */
  public static final String TIMES = "times";

  /** Services, operations, kinds and statuses. */
  public static final String NAMES = "names";

  /** Attributes, events, links, resources and scopes, compressed. */
  public static final String DETAIL = "detail";

  /** Calls, errors and durations by service, operation, kind and minute. */
  public static final String RED = RedColumn.NAME;

  /** Calls between nodes by minute. */
  public static final String EDGES = EdgesColumn.NAME;

  public static final List<String> ALL = List.of(TRACES, IDS, TIMES, NAMES, DETAIL, RED, EDGES);

  private SpanColumns() {}
}
