package io.aom.fuzz;

import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.MalformedRecordException;
import io.aom.metrics.block.MetricsBlockFormat;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.overflow.FoldProperties;
import io.aom.telemetry.wire.ProtoWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What a segment is told of folded series can be read, and told to the next, or is refused. */
final class CarryTarget implements Target {
  private static final MetricsBlockFormat FORMAT =
      new MetricsBlockFormat(
          List.of(), new FoldProperties(2, Map.of(), Duration.ofHours(6), List.of()));

  @Override
  public List<byte[]> seeds() {
    return List.of(carry(1), carry(2));
  }

  /** Of a counter or a gauge with more paths than there are places for. */
  private static byte[] carry(int type) {
    MetricsSegment segment = FORMAT.newSegment(0);
    try {
      segment.append(new HeadRecord(SplitTarget.TENANT, paths(type), 12, SplitTarget.NOW, 7));
    } catch (MalformedRecordException e) {
      throw new IllegalStateException(e);
    }
    return segment.carry();
  }

  private static byte[] paths(int type) {
    ProtoWriter out = new ProtoWriter(512);
    for (String symbol : List.of("", "__name__", "requests_total", "path", "job", "a")) {
      out.string(4, symbol);
    }
    int first = 6;
    for (int i = 0; i < 6; i++) {
      out.string(4, "/" + i);
    }
    for (int i = 0; i < 12; i++) {
      int series = out.begin(5);
      out.packedVarints(1, new int[] {1, 2, 4, 5, 3, first + i % 6}, 6);
      int sample = out.begin(2);
      out.float64(1, i * 1.5).varint(2, SplitTarget.NOW + i);
      out.end(sample);
      int metadata = out.begin(5);
      out.varint(1, type);
      out.end(metadata);
      out.end(series);
    }
    return out.toByteArray();
  }

  @Override
  public void check(byte[] input) {
    Checks.taken(
        IllegalStateException.class,
        () -> {
          MetricsSegment segment = FORMAT.newSegment(0, input);
          segment.append(new HeadRecord(SplitTarget.TENANT, paths(1), 12, SplitTarget.NOW, 8));
          FORMAT.seal(segment);
          FORMAT.newSegment(0, segment.carry());
        });
  }
}
