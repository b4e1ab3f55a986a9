package io.aom.metrics.query;

import io.aom.blockstore.HeadQuery;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.series.MetricMetadata;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Asks heads what senders said of metrics. */
final class MetadataQuery
    implements HeadQuery<MetricsSegment, TenantId, Map<String, MetricMetadata>> {
  @Override
  public String name() {
    return "metadata";
  }

  @Override
  public Map<String, MetricMetadata> run(TenantId tenant, List<MetricsSegment> segments) {
    Map<String, MetricMetadata> all = new TreeMap<>();
    segments.forEach(segment -> all.putAll(segment.metadata(tenant)));
    return all;
  }

  @Override
  public byte[] encodeQuestion(TenantId tenant) {
    return tenant.value().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public TenantId decodeQuestion(byte[] bytes) {
    return new TenantId(new String(bytes, StandardCharsets.UTF_8));
  }

  @Override
  public byte[] encodeAnswer(Map<String, MetricMetadata> answer) {
    ProtoWriter out = new ProtoWriter(1024);
    answer.forEach(
        (name, said) -> {
          int begun = out.begin(1);
          out.string(1, name).string(2, said.type()).string(3, said.help()).string(4, said.unit());
          out.end(begun);
        });
    return out.toByteArray();
  }

  @Override
  public Map<String, MetricMetadata> decodeAnswer(TenantId question, byte[] bytes) {
    ProtoReader in = new ProtoReader(bytes);
    Map<String, MetricMetadata> all = new TreeMap<>();
    while (in.next()) {
      if (in.field() == 1) {
        readOne(in, all);
      } else {
        in.skip();
      }
    }
    return all;
  }

  private static void readOne(ProtoReader in, Map<String, MetricMetadata> to) {
    String[] texts = {"", "", "", ""};
    int outer = in.enter();
    while (in.next()) {
      if (in.field() <= texts.length) {
        texts[in.field() - 1] = in.string();
      } else {
        in.skip();
      }
    }
    in.leave(outer);
    to.put(texts[0], new MetricMetadata(texts[1], texts[2], texts[3]));
  }
}
