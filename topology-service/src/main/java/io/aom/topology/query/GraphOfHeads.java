package io.aom.topology.query;

import io.aom.telemetry.TenantId;
import io.aom.topology.column.ColumnReader;
import io.aom.topology.column.ColumnWriter;
import io.aom.topology.graph.GraphColumns;
import io.aom.topology.head.SpanSegment;
import java.util.ArrayList;
import java.util.List;

/** Asks heads for the columns {@code red} and {@code edges} that their spans would have now. */
final class GraphOfHeads extends SpanHeadQuery<TenantId, List<GraphColumns>> {
  GraphOfHeads() {
    super("graph");
  }

  @Override
  public List<GraphColumns> run(TenantId tenant, List<SpanSegment> segments) {
    List<GraphColumns> columns = new ArrayList<>();
    for (SpanSegment segment : segments) {
      GraphColumns graph = segment.view().graph(tenant);
      if (graph != null) {
        columns.add(graph);
      }
    }
    return columns;
  }

  @Override
  void writeQuestion(ColumnWriter out, TenantId tenant) {
    out.text(tenant.value());
  }

  @Override
  TenantId readQuestion(ColumnReader in) {
    return new TenantId(in.text());
  }

  @Override
  void writeAnswer(ColumnWriter out, List<GraphColumns> answer) {
    out.varint(answer.size());
    answer.forEach(columns -> out.blob(columns.red()).blob(columns.edges()));
  }

  @Override
  List<GraphColumns> readAnswer(ColumnReader in) {
    List<GraphColumns> answer = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) {
      answer.add(new GraphColumns(in.blob(), in.blob()));
    }
    return answer;
  }
}
