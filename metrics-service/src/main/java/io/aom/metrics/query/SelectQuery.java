package io.aom.metrics.query;

import io.aom.blockstore.HeadQuery;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.chunk.SamplesColumn;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.promql.SeriesSource.Selection;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.Series;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.List;

/** Asks heads for the samples that a query's selectors need, of all selectors at once. */
final class SelectQuery
    implements HeadQuery<MetricsSegment, SelectQuery.Question, List<List<Series>>> {

  /**
   * @param maxSamples most samples one partition may answer with
   */
  record Question(TenantId tenant, List<Selection> selections, long maxSamples) {}

  @Override
  public String name() {
    return "select";
  }

  @Override
  public List<List<Series>> run(Question question, List<MetricsSegment> segments) {
    SeriesMerge.Allowance allowance = new SeriesMerge.Allowance(question.maxSamples());
    List<List<Series>> answer = new ArrayList<>(question.selections().size());
    for (Selection selection : question.selections()) {
      SeriesMerge merge = new SeriesMerge();
      for (MetricsSegment segment : segments) {
        for (Series series :
            segment.select(
                question.tenant(),
                selection.matchers(),
                selection.afterMillis(),
                selection.untilMillis(),
                selection.newestOnly())) {
          allowance.take(series.samples().size());
          merge.add(series);
        }
      }
      answer.add(merge.series());
    }
    return answer;
  }

  @Override
  public byte[] encodeQuestion(Question question) {
    ProtoWriter out = new ProtoWriter(256);
    out.string(1, question.tenant().value());
    for (Selection selection : question.selections()) {
      int begun = out.begin(2);
      SelectorWire.write(out, 1, selection.matchers());
      out.sint(2, selection.afterMillis());
      out.sint(3, selection.untilMillis());
      out.varint(4, selection.newestOnly() ? 1 : 0);
      out.end(begun);
    }
    out.varint(3, question.maxSamples());
    return out.toByteArray();
  }

  @Override
  public Question decodeQuestion(byte[] bytes) {
    ProtoReader in = new ProtoReader(bytes);
    String tenant = "";
    List<Selection> selections = new ArrayList<>();
    long maxSamples = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> tenant = in.string();
        case 2 -> selections.add(selection(in));
        case 3 -> maxSamples = in.int64();
        default -> in.skip();
      }
    }
    return new Question(new TenantId(tenant), selections, maxSamples);
  }

  private static Selection selection(ProtoReader in) {
    List<LabelMatcher> matchers = new ArrayList<>();
    long after = 0;
    long until = 0;
    boolean newest = false;
    int outer = in.enter();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> matchers.add(SelectorWire.read(in));
        case 2 -> after = in.sint64();
        case 3 -> until = in.sint64();
        case 4 -> newest = in.bool();
        default -> in.skip();
      }
    }
    in.leave(outer);
    return new Selection(matchers, after, until, newest);
  }

  /** The columns of a block, once for each selection. */
  @Override
  public byte[] encodeAnswer(List<List<Series>> answer) {
    ProtoWriter out = new ProtoWriter(4096);
    for (List<Series> series : answer) {
      List<Labels> labels = new ArrayList<>();
      List<SampleColumns> samples = new ArrayList<>();
      for (Series one : series) {
        int size = one.samples().size();
        for (int from = 0; from < size; from += SamplesColumn.MAX_SAMPLES) {
          labels.add(one.labels());
          samples.add(one.samples().slice(from, Math.min(size, from + SamplesColumn.MAX_SAMPLES)));
        }
      }
      byte[] labelColumn = LabelsColumn.encode(labels);
      byte[] sampleColumn = SamplesColumn.encode(samples);
      int begun = out.begin(1);
      out.bytes(1, labelColumn, 0, labelColumn.length);
      out.bytes(2, sampleColumn, 0, sampleColumn.length);
      out.end(begun);
    }
    return out.toByteArray();
  }

  @Override
  public List<List<Series>> decodeAnswer(byte[] bytes) {
    ProtoReader in = new ProtoReader(bytes);
    List<List<Series>> answer = new ArrayList<>();
    while (in.next()) {
      if (in.field() != 1) {
        in.skip();
        continue;
      }
      byte[] labelColumn = new byte[0];
      byte[] sampleColumn = new byte[0];
      int outer = in.enter();
      while (in.next()) {
        switch (in.field()) {
          case 1 -> labelColumn = in.byteArray();
          case 2 -> sampleColumn = in.byteArray();
          default -> in.skip();
        }
      }
      in.leave(outer);
      List<Labels> labels = LabelsColumn.decode(labelColumn);
      SamplesColumn samples = SamplesColumn.open(sampleColumn);
      SeriesMerge merge = new SeriesMerge();
      for (int i = 0; i < labels.size(); i++) {
        merge.add(new Series(labels.get(i), samples.decode(i)));
      }
      answer.add(merge.series());
    }
    return answer;
  }
}
