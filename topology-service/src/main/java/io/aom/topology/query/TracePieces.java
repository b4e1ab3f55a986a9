package io.aom.topology.query;

import io.aom.telemetry.TenantId;
import io.aom.topology.column.ColumnReader;
import io.aom.topology.column.ColumnWriter;
import io.aom.topology.head.SpanSegment;
import io.aom.topology.head.SpanView;
import io.aom.topology.span.TraceId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Asks heads what they know of some traces. */
final class TracePieces extends SpanHeadQuery<TracePieces.Question, List<TracePiece>> {
  /**
   * @param filter says which pieces count as matched
   */
  record Question(TenantId tenant, Set<TraceId> ids, TraceFilter filter) {}

  TracePieces() {
    super("trace-pieces");
  }

  @Override
  public List<TracePiece> run(Question question, List<SpanSegment> segments) {
    List<TracePiece> pieces = new ArrayList<>();
    for (SpanSegment segment : segments) {
      SpanView view = segment.view();
      int tenant = view.table().tenantNumber(question.tenant);
      if (tenant >= 0) {
        TraceScan.pieces(
            view.table(),
            view.groups(),
            row -> view.table().tenant(row) == tenant,
            question.ids,
            question.filter,
            pieces);
      }
    }
    return pieces;
  }

  @Override
  void writeQuestion(ColumnWriter out, Question question) {
    out.text(question.tenant.value());
    question.filter.write(out);
    out.varint(question.ids.size());
    question.ids.forEach(id -> out.i64(id.high()).i64(id.low()));
  }

  @Override
  Question readQuestion(ColumnReader in) {
    TenantId tenant = new TenantId(in.text());
    TraceFilter filter = TraceFilter.read(in);
    Set<TraceId> ids = new LinkedHashSet<>();
    for (int left = in.count(); left > 0; left--) {
      ids.add(new TraceId(in.i64(), in.i64()));
    }
    return new Question(tenant, ids, filter);
  }

  @Override
  void writeAnswer(ColumnWriter out, List<TracePiece> answer) {
    out.varint(answer.size());
    answer.forEach(piece -> piece.write(out));
  }

  @Override
  List<TracePiece> readAnswer(ColumnReader in) {
    List<TracePiece> answer = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) {
      answer.add(TracePiece.read(in));
    }
    return answer;
  }
}
