package io.aom.topology.query.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.aom.topology.graph.CallStats;
import io.aom.topology.graph.Node;
import io.aom.topology.query.GraphQueries;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** The service graph on the wire. */
record TopologyResponse(
    List<NodeBody> nodes,
    List<EdgeBody> edges,
    FreshnessBody freshness,
    boolean partial,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> missing) {

  /**
   * @param type service, database, messaging or external
   * @param calls what a service took in; of other nodes, what was seen going to them
   */
  record NodeBody(String id, String name, String type, long calls, long errors) {}

  /** Caller and callee are ids of nodes. */
  record EdgeBody(
      String caller,
      String callee,
      long calls,
      long errors,
      double p50Millis,
      double p95Millis,
      double p99Millis) {}

  private record Counts(long calls, long errors) {
    Counts plus(CallStats stats) {
      return new Counts(calls + stats.calls(), errors + stats.errors());
    }
  }

  static TopologyResponse of(GraphQueries.Topology topology) {
    SortedMap<Node, Counts> nodes = new TreeMap<>();
    Counts none = new Counts(0, 0);
    topology.services().forEach((node, stats) -> nodes.put(node, none.plus(stats)));
    topology
        .edges()
        .forEach(
            (edge, stats) -> {
              nodes.putIfAbsent(edge.caller(), none);
              nodes.putIfAbsent(edge.callee(), none);
              if (edge.callee().type() != Node.Type.SERVICE) {
                nodes.computeIfPresent(edge.callee(), (_, counts) -> counts.plus(stats));
              }
            });
    return new TopologyResponse(
        nodes.entrySet().stream().map(entry -> node(entry.getKey(), entry.getValue())).toList(),
        topology.edges().entrySet().stream()
            .map(
                entry ->
                    new EdgeBody(
                        entry.getKey().caller().id(),
                        entry.getKey().callee().id(),
                        entry.getValue().calls(),
                        entry.getValue().errors(),
                        Millis.quantile(entry.getValue(), 0.50),
                        Millis.quantile(entry.getValue(), 0.95),
                        Millis.quantile(entry.getValue(), 0.99)))
            .toList(),
        FreshnessBody.of(topology.completeness()),
        topology.completeness().partial(),
        topology.completeness().missing());
  }

  private static NodeBody node(Node node, Counts counts) {
    return new NodeBody(
        node.id(),
        node.name(),
        node.type().name().toLowerCase(Locale.ROOT),
        counts.calls(),
        counts.errors());
  }
}
