package io.aom.fuzz;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.MalformedRecordException;
import io.aom.metrics.block.MetricsBlockFormat;
import io.aom.metrics.chunk.PackPart;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.overflow.FoldProperties;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.SeriesPart;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A Kafka record of samples is refused as malformed, as if it had not been there, or its samples
 * are in the head and as many in the block that the head becomes. Labels fold from the third value
 * on, so that this is reached too.
 */
final class MetricRecordTarget implements Target {
  private static final FoldProperties FOLDING =
      new FoldProperties(2, Map.of(), Duration.ofHours(6), List.of());

  @Override
  public List<byte[]> seeds() {
    return List.of(RemoteWriteTarget.secondVersion());
  }

  @Override
  public long mostAllocated() {
    return 32 << 20;
  }

  @Override
  public void check(byte[] input) {
    whole(new MetricsBlockFormat(List.of(), FoldProperties.OFF), input, true);
    MetricsBlockFormat folding = new MetricsBlockFormat(List.of(), FOLDING);
    MetricsSegment folded = whole(folding, input, false);
    // What is carried can be read.
    folding.newSegment(0, folded.carry());
  }

  private static MetricsSegment whole(MetricsBlockFormat format, byte[] input, boolean compared) {
    MetricsSegment segment = format.newSegment(0);
    HeadRecord record = new HeadRecord(SplitTarget.TENANT, input, -1, SplitTarget.NOW, 7);
    if (!Checks.taken(MalformedRecordException.class, () -> segment.append(record))) {
      Checks.same(0L, segment.rows());
      return segment;
    }
    long inHead =
        samples(
            segment.select(SplitTarget.TENANT, List.of(), Long.MIN_VALUE, Long.MAX_VALUE, false));
    segment.metadata(SplitTarget.TENANT);
    segment.exemplars(SplitTarget.TENANT, List.of(List.of()), 0, Long.MAX_VALUE);
    long inBlock = 0;
    for (BlockPart part : format.seal(segment)) {
      inBlock +=
          samples(
              new PackPart(
                  part.columns().get(MetricsBlockFormat.LABELS),
                  part.columns().get(MetricsBlockFormat.SAMPLES),
                  List.of(),
                  Long.MIN_VALUE,
                  Long.MAX_VALUE));
    }
    if (compared) {
      Checks.same(inHead, inBlock);
    }
    return segment;
  }

  private static long samples(SeriesPart part) {
    long size = 0;
    for (int series = 0; series < part.size(); series++) {
      SampleColumns samples = new SampleColumns();
      part.samples(series, samples);
      size += samples.size();
    }
    return size;
  }
}
