package io.aom.metrics.query;

import io.aom.blockstore.HeadQuery;
import io.aom.metrics.chunk.ExemplarsColumn;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SeriesExemplars;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.List;

/** Asks heads for the exemplars of series that satisfy one of the selectors. */
final class ExemplarsQuery
    implements HeadQuery<MetricsSegment, ExemplarsQuery.Question, List<SeriesExemplars>> {
  /**
   * @param endMillis inclusive, as the start is
   */
  record Question(
      TenantId tenant, List<List<LabelMatcher>> selectors, long startMillis, long endMillis) {}

  @Override
  public String name() {
    return "exemplars";
  }

  @Override
  public List<SeriesExemplars> run(Question question, List<MetricsSegment> segments) {
    List<SeriesExemplars> found = new ArrayList<>();
    for (MetricsSegment segment : segments) {
      found.addAll(
          segment.exemplars(
              question.tenant(),
              question.selectors(),
              question.startMillis(),
              question.endMillis()));
    }
    return found;
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
    long start = 0;
    long end = 0;
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

  /** The columns of a block. */
  @Override
  public byte[] encodeAnswer(List<SeriesExemplars> answer) {
    byte[] labels = LabelsColumn.encode(answer.stream().map(SeriesExemplars::labels).toList());
    byte[] exemplars =
        ExemplarsColumn.encode(answer.stream().map(SeriesExemplars::exemplars).toList());
    ProtoWriter out = new ProtoWriter(labels.length + exemplars.length + 16);
    out.bytes(1, labels, 0, labels.length);
    return out.bytes(2, exemplars, 0, exemplars.length).toByteArray();
  }

  @Override
  public List<SeriesExemplars> decodeAnswer(Question question, byte[] bytes) {
    ProtoReader in = new ProtoReader(bytes);
    List<Labels> labels = List.of();
    List<List<Exemplar>> exemplars = List.of();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> labels = LabelsColumn.decode(in.byteArray());
        case 2 -> exemplars = ExemplarsColumn.decode(in.byteArray());
        default -> in.skip();
      }
    }
    if (labels.size() != exemplars.size()) {
      throw new MalformedWireException(
          "exemplars: of " + exemplars.size() + " series (expected: " + labels.size() + ")");
    }
    List<SeriesExemplars> answer = new ArrayList<>(labels.size());
    for (int i = 0; i < labels.size(); i++) {
      answer.add(new SeriesExemplars(labels.get(i), exemplars.get(i)));
    }
    return answer;
  }
}
