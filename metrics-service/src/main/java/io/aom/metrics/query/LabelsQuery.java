package io.aom.metrics.query;

import io.aom.blockstore.HeadQuery;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Asks heads which series there are: those that satisfy one of the selectors and may have samples
 * at the question's time.
 */
final class LabelsQuery implements HeadQuery<MetricsSegment, LabelsQuery.Question, List<Labels>> {
  /** With both ends of the time. */
  record Question(
      TenantId tenant, List<List<LabelMatcher>> selectors, long startMillis, long endMillis) {}

  @Override
  public String name() {
    return "series";
  }

  @Override
  public List<Labels> run(Question question, List<MetricsSegment> segments) {
    Set<Labels> found = new LinkedHashSet<>();
    for (MetricsSegment segment : segments) {
      for (List<LabelMatcher> selector : question.selectors()) {
        found.addAll(
            segment.selectLabels(
                question.tenant(), selector, question.startMillis(), question.endMillis()));
      }
    }
    return new ArrayList<>(found);
  }

  @Override
  public byte[] encodeQuestion(Question question) {
    ProtoWriter out = new ProtoWriter(128);
    out.string(1, question.tenant().value());
    SelectorWire.writeAll(out, 2, question.selectors());
    return out.sint(3, question.startMillis()).sint(4, question.endMillis()).toByteArray();
  }

  @Override
  public Question decodeQuestion(byte[] bytes) {
    ProtoReader in = new ProtoReader(bytes);
    String tenant = "";
    List<List<LabelMatcher>> selectors = new ArrayList<>();
    long start = Long.MIN_VALUE; // Older members ask for all times.
    long end = Long.MAX_VALUE;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> tenant = in.string();
        case 2 -> selectors.add(SelectorWire.readList(in));
        case 3 -> start = in.sint64();
        case 4 -> end = in.sint64();
        default -> in.skip();
      }
    }
    return new Question(new TenantId(tenant), selectors, start, end);
  }

  @Override
  public byte[] encodeAnswer(List<Labels> answer) {
    return LabelsColumn.encode(answer);
  }

  @Override
  public List<Labels> decodeAnswer(Question question, byte[] bytes) {
    return LabelsColumn.decode(bytes);
  }
}
