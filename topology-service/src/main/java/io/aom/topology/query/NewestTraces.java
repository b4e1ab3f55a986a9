package io.aom.topology.query;

import io.aom.topology.column.ColumnReader;
import io.aom.topology.column.ColumnWriter;
import io.aom.topology.head.SpanSegment;
import io.aom.topology.head.SpanView;
import java.util.ArrayList;
import java.util.List;

/** Asks heads which traces a search finds, newest first. */
final class NewestTraces extends SpanHeadQuery<SearchQuestion, List<TracePosition>> {
  NewestTraces() {
    super("newest-traces");
  }

  @Override
  public List<TracePosition> run(SearchQuestion question, List<SpanSegment> segments) {
    TopPositions found = new TopPositions(question.limit());
    for (SpanSegment segment : segments) {
      SpanView view = segment.view();
      int tenant = view.table().tenantNumber(question.tenant());
      if (tenant >= 0) {
        TraceScan.candidates(
            view.table(),
            view.groups(),
            row -> view.table().tenant(row) == tenant,
            question,
            found);
      }
    }
    return found.list();
  }

  @Override
  void writeQuestion(ColumnWriter out, SearchQuestion question) {
    question.write(out);
  }

  @Override
  SearchQuestion readQuestion(ColumnReader in) {
    return SearchQuestion.read(in);
  }

  @Override
  void writeAnswer(ColumnWriter out, List<TracePosition> answer) {
    out.varint(answer.size());
    answer.forEach(position -> position.write(out));
  }

  @Override
  List<TracePosition> readAnswer(ColumnReader in) {
    List<TracePosition> answer = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) {
      answer.add(TracePosition.read(in));
    }
    return answer;
  }
}
