package io.aom.fuzz;

import io.aom.ingest.intake.Slice;
import io.aom.ingest.remotewrite.MetricSplit;
import io.aom.ingest.remotewrite.RemoteWriteSplitter;
import io.aom.ingest.remotewrite.RemoteWriteV2Splitter;
import io.aom.ingest.series.SeriesTenant;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.List;

/** Remote write 1.0 and 2.0. */
final class RemoteWriteTarget extends SplitTarget {
  private final boolean second;
  private final SeriesTenant tenant = tenant();
  private final RemoteWriteSplitter first = new RemoteWriteSplitter(PARTITIONS, LIMITS);
  private final RemoteWriteV2Splitter next = new RemoteWriteV2Splitter(PARTITIONS, LIMITS);

  RemoteWriteTarget(boolean second) {
    this.second = second;
  }

  @Override
  public List<byte[]> seeds() {
    return List.of(second ? secondVersion() : firstVersion());
  }

  private static byte[] firstVersion() {
    ProtoWriter out = new ProtoWriter(256);
    for (int i = 0; i < 3; i++) {
      int series = out.begin(1);
      label(out, "__name__", "requests_total");
      label(out, "cluster", "eu");
      label(out, "__replica__", "a");
      label(out, "path", "/" + i);
      sample(out, 2, i);
      sample(out, 2, i + 1);
      int exemplar = out.begin(3);
      label(out, "trace_id", "abc");
      out.float64(2, 0.5).varint(3, NOW);
      out.end(exemplar);
      histogram(out, 4);
      out.end(series);
    }
    int metadata = out.begin(3);
    out.varint(1, 1).string(2, "requests_total").string(4, "Requests.").string(5, "requests");
    out.end(metadata);
    return out.toByteArray();
  }

  /** A request of remote write 2.0 with all that there is. */
  static byte[] secondVersion() {
    ProtoWriter out = new ProtoWriter(256);
    for (String symbol : List.of("", "__name__", "requests_total", "path", "/a", "Requests.")) {
      out.string(4, symbol);
    }
    for (int i = 0; i < 2; i++) {
      int series = out.begin(5);
      out.packedVarints(1, new int[] {1, 2, 3, 4}, 4);
      sample(out, 2, i);
      histogram(out, 3);
      int exemplar = out.begin(4);
      out.packedVarints(1, new int[] {3, 4}, 2);
      out.float64(2, 0.5).varint(3, NOW);
      out.end(exemplar);
      int metadata = out.begin(5);
      out.varint(1, 1).varint(3, 5).varint(4, 0);
      out.end(metadata);
      out.varint(6, NOW - 60_000);
      out.end(series);
    }
    return out.toByteArray();
  }

  private static void label(ProtoWriter out, String name, String value) {
    int label = out.begin(1);
    out.string(1, name).string(2, value);
    out.end(label);
  }

  private static void sample(ProtoWriter out, int field, int i) {
    int sample = out.begin(field);
    out.float64(1, i * 1.5).varint(2, NOW + i);
    out.end(sample);
  }

  private static void histogram(ProtoWriter out, int field) {
    int histogram = out.begin(field);
    out.varint(1, 7).float64(3, 12.5).sint(4, 3).float64(5, 0.001).varint(15, NOW);
    int span = out.begin(11);
    out.sint(1, -4).varint(2, 2);
    out.end(span);
    int deltas = out.begin(12);
    out.packedVarint(6);
    out.packedVarint(2);
    out.end(deltas);
    out.end(histogram);
  }

  @Override
  Outcome split(byte[] input) {
    MetricSplit split =
        second
            ? next.split(tenant, input, 0, input.length, NOW)
            : first.split(tenant, input, 0, input.length, NOW);
    return new Outcome(split.slices(), split.refusals());
  }

  @Override
  void readable(Slice slice) {
    readableSeries(slice);
  }
}
