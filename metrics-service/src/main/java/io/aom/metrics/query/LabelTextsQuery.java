package io.aom.metrics.query;

import io.aom.blockstore.HeadQuery;
import io.aom.metrics.head.MetricsSegment;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Asks heads for all label names, or all values of one label, of series that may have samples at
 * the question's time; without looking at series if that is all the time that a head has.
 */
final class LabelTextsQuery
    implements HeadQuery<MetricsSegment, LabelTextsQuery.Question, Set<String>> {
  /**
   * With both ends of the time.
   *
   * @param label whose values are wanted; empty if names are
   */
  record Question(TenantId tenant, String label, long startMillis, long endMillis) {}

  @Override
  public String name() {
    return "label-texts";
  }

  @Override
  public Set<String> run(Question question, List<MetricsSegment> segments) {
    Set<String> texts = new TreeSet<>();
    long start = question.startMillis();
    long end = question.endMillis();
    for (MetricsSegment segment : segments) {
      if (question.label().isEmpty()) {
        segment.collectLabelNames(question.tenant(), start, end, texts);
      } else {
        segment.collectLabelValues(question.tenant(), question.label(), start, end, texts);
      }
    }
    return texts;
  }

  @Override
  public byte[] encodeQuestion(Question question) {
    ProtoWriter out = new ProtoWriter(64);
    return out.string(1, question.tenant().value())
        .string(2, question.label())
        .sint(3, question.startMillis())
        .sint(4, question.endMillis())
        .toByteArray();
  }

  @Override
  public Question decodeQuestion(byte[] bytes) {
    ProtoReader in = new ProtoReader(bytes);
    String tenant = "";
    String label = "";
    long start = Long.MIN_VALUE; // Older members ask for all times.
    long end = Long.MAX_VALUE;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> tenant = in.string();
        case 2 -> label = in.string();
        case 3 -> start = in.sint64();
        case 4 -> end = in.sint64();
        default -> in.skip();
      }
    }
    return new Question(new TenantId(tenant), label, start, end);
  }

  @Override
  public byte[] encodeAnswer(Set<String> answer) {
    ProtoWriter out = new ProtoWriter(256);
    answer.forEach(text -> out.string(1, text));
    return out.toByteArray();
  }

  @Override
  public Set<String> decodeAnswer(Question question, byte[] bytes) {
    ProtoReader in = new ProtoReader(bytes);
    Set<String> texts = new TreeSet<>();
    while (in.next()) {
      if (in.field() == 1) {
        texts.add(in.string());
      } else {
        in.skip();
      }
    }
    return texts;
  }
}
