package io.aom.topology.query;

import io.aom.telemetry.TenantId;
import io.aom.topology.column.ColumnReader;
import io.aom.topology.column.ColumnWriter;
import io.aom.topology.head.SpanSegment;
import io.aom.topology.span.SpanRows;
import io.aom.topology.span.SpanTable;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Asks heads how many spans they hold. */
final class SpanCount extends SpanHeadQuery<SpanCount.Question, Long> {
  /**
   * Spans that begin in {@code [startMillis, endMillis)}.
   *
   * @param service name or id; null for all
   */
  record Question(TenantId tenant, long startMillis, long endMillis, @Nullable String service) {

    /** How many of the rows are asked for. */
    long of(SpanRows spans, IntPredicate visible) {
      boolean[] services = new boolean[spans.services()];
      for (int i = 0; i < services.length; i++) {
        services[i] = service == null || spans.serviceName(i).answersTo(service);
      }
      long count = 0;
      for (int row = 0; row < spans.size(); row++) {
        long at = spans.startNanos(row) / 1_000_000;
        if (at >= startMillis
            && at < endMillis
            && services[spans.service(row)]
            && visible.test(row)) {
          count++;
        }
      }
      return count;
    }
  }

  SpanCount() {
    super("span-count");
  }

  @Override
  public Long run(Question question, List<SpanSegment> segments) {
    long count = 0;
    for (SpanSegment segment : segments) {
      SpanTable spans = segment.table();
      int tenant = spans.tenantNumber(question.tenant);
      if (tenant >= 0) {
        count += question.of(spans, row -> spans.tenant(row) == tenant);
      }
    }
    return count;
  }

  @Override
  void writeQuestion(ColumnWriter out, Question question) {
    out.text(question.tenant.value()).i64(question.startMillis).i64(question.endMillis);
    out.text(question.service == null ? "" : question.service);
  }

  @Override
  Question readQuestion(ColumnReader in) {
    TenantId tenant = new TenantId(in.text());
    long start = in.i64();
    long end = in.i64();
    String service = in.text();
    return new Question(tenant, start, end, service.isEmpty() ? null : service);
  }

  @Override
  void writeAnswer(ColumnWriter out, Long answer) {
    out.varint(answer);
  }

  @Override
  Long readAnswer(ColumnReader in) {
    return in.varint();
  }
}
