package io.aom.topology.query;

import io.aom.blockstore.PartitionQuery;
import io.aom.telemetry.TenantId;
import io.aom.topology.graph.GraphColumns;
import io.aom.topology.span.RawSpan;
import io.aom.topology.span.SpanStatus;
import io.aom.topology.span.TraceId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Lets fuzzing reach the questions that members of topology-service ask one another. */
public final class SpanPeerQueries {
  private static final TenantId TENANT = new TenantId("acme");
  private static final NewestTraces NEWEST = new NewestTraces();
  private static final TracePieces PIECES = new TracePieces();
  private static final TraceOfId TRACE = new TraceOfId();
  private static final SpanCount COUNT = new SpanCount();
  private static final GraphOfHeads GRAPH = new GraphOfHeads();

  private SpanPeerQueries() {}

  /** All of them; {@link #examples} has two for each, a question and an answer. */
  public static List<PartitionQuery<?, ?, ?>> all() {
    return List.of(NEWEST, PIECES, TRACE, COUNT, GRAPH);
  }

  /** A question and an answer of each. */
  public static List<byte[]> examples() {
    TraceId id = new TraceId(1, 2);
    TracePosition position = new TracePosition(1_790_000_000_000_000_000L, id);
    TraceFilter filter = new TraceFilter("cart", null, SpanStatus.ERROR, 0, Long.MAX_VALUE);
    byte[] some = {1, 2, 3};
    return List.of(
        NEWEST.encodeQuestion(new SearchQuestion(TENANT, 0, 5, filter, position, 20)),
        NEWEST.encodeAnswer(List.of(position)),
        PIECES.encodeQuestion(new TracePieces.Question(TENANT, Set.of(id), filter)),
        PIECES.encodeAnswer(
            List.of(
                new TracePiece(
                    position, 7, true, false, 3, "cart", "GET", 4, 1, new TreeSet<>(Set.of("a"))))),
        TRACE.encodeQuestion(new TraceOfId.Question(TENANT, id, 1000)),
        TRACE.encodeAnswer(List.of(new RawSpan(some, some, some))),
        COUNT.encodeQuestion(new SpanCount.Question(TENANT, 0, 5, "cart")),
        COUNT.encodeAnswer(17L),
        GRAPH.encodeQuestion(TENANT),
        GRAPH.encodeAnswer(List.of(new GraphColumns(some, some))));
  }

  /**
   * Reads a cursor.
   *
   * @throws io.aom.telemetry.RejectedException if it is none
   */
  public static void cursor(String text) {
    TracePosition.ofCursor(text);
  }

  /** A cursor. */
  public static String cursor() {
    return new TracePosition(1_790_000_000_000_000_000L, new TraceId(1, 2)).cursor();
  }
}
