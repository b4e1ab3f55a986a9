package io.aom.topology.query;

import io.aom.blockstore.AvailableBlocks;
import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.HeadAnswers;
import io.aom.blockstore.Heads;
import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.TermExpression;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.TimeWindow;
import io.aom.topology.block.SpanColumns;
import io.aom.topology.graph.CallStats;
import io.aom.topology.graph.GraphColumns;
import io.aom.topology.graph.Node;
import io.aom.topology.graph.RedColumn;
import io.aom.topology.graph.ServiceMap;
import io.aom.topology.graph.ServiceMap.Edge;
import io.aom.topology.head.SpanSegment;
import io.aom.topology.span.ServiceName;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What services did and whom they called, by the minute: a minute is in the answer if the window
 * touches it. Reads no spans of blocks, only their columns {@code red} and {@code edges}; while
 * OpenSearch is away the answer is what heads hold. Safe for concurrent use.
 */
public final class GraphQueries {
  static final GraphOfHeads GRAPH = new GraphOfHeads();

  private static final int FETCH = 64;
  private static final long MINUTE_MILLIS = 60_000;

  private final Heads<SpanSegment> heads;
  private final BlockReader blocks;
  private final QueryLimits limits;

  public GraphQueries(Heads<SpanSegment> heads, BlockReader blocks, QueryLimits limits) {
    this.heads = heads;
    this.blocks = blocks;
    this.limits = limits;
  }

  /** What each service took in (server and consumer spans). */
  public record Services(SortedMap<ServiceName, CallStats> totals, Completeness completeness) {}

  /**
   * @param services what each service took in, by node
   */
  public record Topology(
      SortedMap<Node, CallStats> services,
      SortedMap<Edge, CallStats> edges,
      Completeness completeness) {}

  private interface Sink {
    void add(GraphColumns columns, long startMillis, long endMillis);
  }

  public Services services(TenantId tenant, TimeWindow window, Consistency consistency) {
    SortedMap<ServiceName, CallStats> totals = new TreeMap<>();
    Completeness completeness =
        read(
            tenant,
            window,
            List.of(SpanColumns.RED),
            consistency,
            (columns, start, end) -> RedColumn.addServices(columns.red(), start, end, totals));
    return new Services(totals, completeness);
  }

  public Topology topology(TenantId tenant, TimeWindow window, Consistency consistency) {
    SortedMap<ServiceName, CallStats> totals = new TreeMap<>();
    ServiceMap map = new ServiceMap();
    Completeness completeness =
        read(
            tenant,
            window,
            List.of(SpanColumns.RED, SpanColumns.EDGES),
            consistency,
            (columns, start, end) -> {
              RedColumn.addServices(columns.red(), start, end, totals);
              map.add(columns.edges(), start, end);
            });
    SortedMap<Node, CallStats> services = new TreeMap<>();
    totals.forEach((service, stats) -> services.put(Node.of(service), stats));
    return new Topology(services, map.edges(totals.keySet()), completeness);
  }

  private Completeness read(
      TenantId tenant,
      TimeWindow window,
      List<String> columns,
      Consistency consistency,
      Sink sink) {
    long start = Math.floorDiv(window.startMillis(), MINUTE_MILLIS) * MINUTE_MILLIS;
    long end = Math.ceilDiv(window.endMillis(), MINUTE_MILLIS) * MINUTE_MILLIS;
    HeadAnswers<List<GraphColumns>> answers = heads.ask(GRAPH, tenant, consistency);
    for (List<GraphColumns> graphs : answers.results()) {
      graphs.forEach(graph -> sink.add(graph, start, end));
    }
    AvailableBlocks stored = new AvailableBlocks(blocks);
    List<FoundPart> parts =
        stored.find(new BlockQuery(tenant, start, end, TermExpression.ALL, answers.held(), false));
    if (parts.size() > limits.maxGraphParts()) {
      throw new RejectedException(
          Problem.UNPROCESSABLE,
          "start, end: "
              + parts.size()
              + " blocks (expected: at most "
              + limits.maxGraphParts()
              + "; ask for a shorter time)");
    }
    for (int from = 0; from < parts.size(); from += FETCH) {
      stored
          .fetch(parts.subList(from, Math.min(parts.size(), from + FETCH)), columns)
          .values()
          .forEach(found -> sink.add(graph(found), start, end));
    }
    return Completeness.of(answers, stored);
  }

  private static final byte[] NONE = new byte[0];

  /** A column that is missing fails where it is read, with its name. */
  private static GraphColumns graph(Map<String, byte[]> columns) {
    return new GraphColumns(
        columns.getOrDefault(SpanColumns.RED, NONE), columns.getOrDefault(SpanColumns.EDGES, NONE));
  }
}
