package io.aom.topology.graph;

import io.aom.topology.span.ServiceName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who calls whom, added up from any number of {@code edges} columns in any order. Not thread-safe.
 */
public final class ServiceMap {
  /** One directed link. */
  public record Edge(Node caller, Node callee) implements Comparable<Edge> {
    @Override
    public int compareTo(Edge other) {
      int byCaller = caller.compareTo(other.caller);
      return byCaller != 0 ? byCaller : callee.compareTo(other.callee);
    }
  }

  /**
   * One side of a pair whose other side was not near.
   *
   * @param caller of a calling side itself; of a called side its queue, if it has one
   * @param callee of a called side itself; of a calling side the virtual node it speaks of, if any
   * @param within whether it lies in the window that is asked for; one that does not may still be
   *     the other half of one that does
   */
  record Half(
      @Nullable Node caller, @Nullable Node callee, int bucket, boolean error, boolean within) {}

  /** Halves that are kept for joining; further ones are taken for settled. */
  private static final int MAX_HALVES = 2_000_000;

  private final Map<Edge, CallStats> edges = new HashMap<>();
  private final Map<Long, Half> callers = new HashMap<>();
  private final Map<Long, List<Half>> callees = new HashMap<>();
  private final Map<Edge, Set<Node>> aliases = new HashMap<>();
  private int halves;

  /** Adds a column's calls in the minutes that overlap {@code [startMillis, endMillis)}. */
  public void add(byte[] column, long startMillis, long endMillis) {
    EdgesColumn.addTo(this, column, startMillis, endMillis);
  }

  CallStats stats(Edge edge) {
    return edges.computeIfAbsent(edge, _ -> new CallStats());
  }

  void addHalf(long key, boolean isCaller, Half half) {
    if (halves >= MAX_HALVES) {
      count(edges, half.caller, half.callee, half, half.error);
      return;
    }
    halves++;
    if (isCaller) {
      // The same span may be in two tables if it was delivered twice; it is one call.
      callers.putIfAbsent(key, half);
    } else {
      callees.computeIfAbsent(key, _ -> new ArrayList<>(1)).add(half);
    }
  }

  void addAlias(Edge address, Node service) {
    aliases.computeIfAbsent(address, _ -> new HashSet<>()).add(service);
  }

  /**
   * All edges: torn pairs joined, and calls to an address that leads to one service only, as other
   * calls of the same caller show, or that is a service's own name, told to go there. The map may
   * be added to afterwards.
   *
   * @param services those that are known
   */
  public SortedMap<Edge, CallStats> edges(Set<ServiceName> services) {
    Map<String, Node> byName = new HashMap<>();
    for (ServiceName service : services) {
      byName.put(service.name(), Node.of(service));
      byName.put(service.id(), Node.of(service));
    }
    Map<Edge, CallStats> joined = new HashMap<>();
    callees.forEach(
        (key, sides) -> {
          Half caller = callers.get(key);
          for (Half callee : sides) {
            if (caller == null) {
              count(joined, callee.caller, callee.callee, callee, callee.error);
            } else {
              count(joined, caller.caller, callee.callee, callee, callee.error || caller.error);
            }
          }
        });
    callers.forEach(
        (key, caller) -> {
          if (!callees.containsKey(key)) {
            count(joined, caller.caller, caller.callee, caller, caller.error);
          }
        });
    SortedMap<Edge, CallStats> all = new TreeMap<>();
    for (Map<Edge, CallStats> some : List.of(edges, joined)) {
      some.forEach(
          (edge, stats) ->
              all.computeIfAbsent(known(edge, byName), _ -> new CallStats()).add(stats));
    }
    return all;
  }

  /** The edge with the service in the place of its address, where it is known. */
  private Edge known(Edge edge, Map<String, Node> byName) {
    if (edge.callee.type() != Node.Type.EXTERNAL) {
      return edge;
    }
    Set<Node> services = aliases.getOrDefault(edge, Set.of());
    if (services.size() == 1) {
      return new Edge(edge.caller, services.iterator().next());
    }
    Node named = byName.get(edge.callee.name());
    return named == null ? edge : new Edge(edge.caller, named);
  }

  private static void count(
      Map<Edge, CallStats> into,
      @Nullable Node caller,
      @Nullable Node callee,
      Half half,
      boolean error) {
    if (caller != null && callee != null && half.within) {
      CallStats stats = into.computeIfAbsent(new Edge(caller, callee), _ -> new CallStats());
      stats.add(1, error ? 1 : 0);
      stats.durations().add(half.bucket, 1);
    }
  }
}
