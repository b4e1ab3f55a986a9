package io.aom.metrics.query;

import io.aom.blockstore.HeadQuery;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.chunk.PackPart;
import io.aom.metrics.chunk.SamplesColumn;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.promql.SeriesSource.Selection;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.SeriesPart;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks heads for the samples that a query's selectors need, of all selectors at once. In this
 * process nothing is decoded for it; between members samples travel as columns of a block.
 */
final class SelectQuery
    implements HeadQuery<MetricsSegment, SelectQuery.Question, SelectQuery.Found> {

  /**
   * @param maxSamples most samples one partition may send to another member
   * @param maxSeries most series one partition may find for a selection
   */
  record Question(TenantId tenant, List<Selection> selections, long maxSamples, int maxSeries) {}

  /**
   * @param parts for each selection, the oldest part first
   */
  record Found(List<List<SeriesPart>> parts, long maxSamples) {}

  @Override
  public String name() {
    return "select";
  }

  @Override
  public Found run(Question question, List<MetricsSegment> segments) {
    List<List<SeriesPart>> found = new ArrayList<>(question.selections().size());
    for (Selection selection : question.selections()) {
      List<SeriesPart> parts = new ArrayList<>();
      for (MetricsSegment segment : segments) {
        SeriesPart part =
            segment.select(
                question.tenant(),
                selection.matchers(),
                selection.afterMillis(),
                selection.untilMillis(),
                selection.newestOnly());
        SampleAllowance.checkSeries(part.size(), question.maxSeries());
        if (part.size() > 0) {
          parts.add(part);
        }
      }
      found.add(parts);
    }
    return new Found(found, question.maxSamples());
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
    out.varint(4, question.maxSeries());
    return out.toByteArray();
  }

  @Override
  public Question decodeQuestion(byte[] bytes) {
    ProtoReader in = new ProtoReader(bytes);
    String tenant = "";
    List<Selection> selections = new ArrayList<>();
    long maxSamples = 0;
    int maxSeries = Integer.MAX_VALUE;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> tenant = in.string();
        case 2 -> selections.add(selection(in));
        case 3 -> maxSamples = in.int64();
        case 4 -> maxSeries = in.int32();
        default -> in.skip();
      }
    }
    return new Question(new TenantId(tenant), selections, maxSamples, maxSeries);
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

  /** For each selection a message of parts, each the columns of a block. */
  @Override
  public byte[] encodeAnswer(Found answer) {
    SampleAllowance allowance = new SampleAllowance(answer.maxSamples());
    ProtoWriter out = new ProtoWriter(4096);
    for (List<SeriesPart> parts : answer.parts()) {
      int begun = out.begin(1);
      for (SeriesPart part : parts) {
        encode(part, allowance, out);
      }
      out.end(begun);
    }
    return out.toByteArray();
  }

  private static void encode(SeriesPart part, SampleAllowance allowance, ProtoWriter out) {
    SelectedSeries series = new SelectedSeries(allowance::take);
    series.add(part);
    List<Labels> labels = new ArrayList<>();
    List<SampleColumns> samples = new ArrayList<>();
    for (int i = 0; i < series.size(); i++) {
      SampleColumns all = series.samples(i).copy();
      for (int from = 0; from < all.size(); from += SamplesColumn.MAX_SAMPLES) {
        labels.add(series.labels(i));
        samples.add(all.slice(from, Math.min(all.size(), from + SamplesColumn.MAX_SAMPLES)));
      }
    }
    byte[] labelColumn = LabelsColumn.encode(labels);
    byte[] sampleColumn = SamplesColumn.encode(samples);
    int begun = out.begin(1);
    out.bytes(1, labelColumn, 0, labelColumn.length);
    out.bytes(2, sampleColumn, 0, sampleColumn.length);
    out.end(begun);
  }

  @Override
  public Found decodeAnswer(Question question, byte[] bytes) {
    ProtoReader in = new ProtoReader(bytes);
    List<List<SeriesPart>> answer = new ArrayList<>();
    while (in.next()) {
      if (in.field() != 1) {
        in.skip();
        continue;
      }
      List<SeriesPart> parts = new ArrayList<>();
      int outer = in.enter();
      while (in.next()) {
        if (in.field() == 1) {
          parts.add(part(in));
        } else {
          in.skip();
        }
      }
      in.leave(outer);
      answer.add(parts);
    }
    if (answer.size() != question.selections().size()) {
      throw new MalformedWireException(
          "selections: " + answer.size() + " (expected: " + question.selections().size() + ")");
    }
    return new Found(answer, Long.MAX_VALUE);
  }

  private static SeriesPart part(ProtoReader in) {
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
    return new PackPart(labelColumn, sampleColumn, List.of(), Long.MIN_VALUE, Long.MAX_VALUE);
  }
}
