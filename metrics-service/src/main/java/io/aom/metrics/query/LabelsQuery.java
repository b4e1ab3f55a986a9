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

/** Asks heads which series there are: those that satisfy one of the selectors. */
final class LabelsQuery implements HeadQuery<MetricsSegment, LabelsQuery.Question, List<Labels>> {
  record Question(TenantId tenant, List<List<LabelMatcher>> selectors) {}

  @Override
  public String name() {
    return "series";
  }

  @Override
  public List<Labels> run(Question question, List<MetricsSegment> segments) {
    Set<Labels> found = new LinkedHashSet<>();
    for (MetricsSegment segment : segments) {
      for (List<LabelMatcher> selector : question.selectors()) {
        found.addAll(segment.selectLabels(question.tenant(), selector));
      }
    }
    return new ArrayList<>(found);
  }

  @Override
  public byte[] encodeQuestion(Question question) {
    ProtoWriter out = new ProtoWriter(128);
    out.string(1, question.tenant().value());
    SelectorWire.writeAll(out, 2, question.selectors());
    return out.toByteArray();
  }

  @Override
  public Question decodeQuestion(byte[] bytes) {
    ProtoReader in = new ProtoReader(bytes);
    String tenant = "";
    List<List<LabelMatcher>> selectors = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> tenant = in.string();
        case 2 -> selectors.add(SelectorWire.readList(in));
        default -> in.skip();
      }
    }
    return new Question(new TenantId(tenant), selectors);
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
