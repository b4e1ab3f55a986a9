package io.aom.topology.query;

import io.aom.telemetry.TenantId;
import io.aom.topology.column.ColumnReader;
import io.aom.topology.column.ColumnWriter;
import io.aom.topology.head.SpanSegment;
import io.aom.topology.span.RawSpan;
import io.aom.topology.span.SpanTable;
import io.aom.topology.span.TraceId;
import java.util.ArrayList;
import java.util.List;

/** Asks heads for the spans of a trace. */
final class TraceOfId extends SpanHeadQuery<TraceOfId.Question, List<RawSpan>> {
  /**
   * @param limit most spans of a partition
   */
  record Question(TenantId tenant, TraceId id, int limit) {}

  TraceOfId() {
    super("trace");
  }

  @Override
  public List<RawSpan> run(Question question, List<SpanSegment> segments) {
    List<RawSpan> found = new ArrayList<>();
    long high = question.id.high();
    long low = question.id.low();
    for (SpanSegment segment : segments) {
      SpanTable spans = segment.table();
      int tenant = spans.tenantNumber(question.tenant);
      for (int row = 0; tenant >= 0 && row < spans.size(); row++) {
        if (spans.traceLow(row) == low
            && spans.traceHigh(row) == high
            && spans.tenant(row) == tenant
            && found.size() < question.limit) {
          found.add(spans.raw(row));
        }
      }
    }
    return found;
  }

  @Override
  void writeQuestion(ColumnWriter out, Question question) {
    out.text(question.tenant.value()).i64(question.id.high()).i64(question.id.low());
    out.varint(question.limit);
  }

  @Override
  Question readQuestion(ColumnReader in) {
    return new Question(
        new TenantId(in.text()), new TraceId(in.i64(), in.i64()), in.below(Integer.MAX_VALUE));
  }

  @Override
  void writeAnswer(ColumnWriter out, List<RawSpan> answer) {
    out.varint(answer.size());
    answer.forEach(raw -> out.blob(raw.resource()).blob(raw.scope()).blob(raw.span()));
  }

  @Override
  List<RawSpan> readAnswer(ColumnReader in) {
    List<RawSpan> answer = new ArrayList<>();
    for (int left = in.count(); left > 0; left--) {
      answer.add(new RawSpan(in.blob(), in.blob(), in.blob()));
    }
    return answer;
  }
}
