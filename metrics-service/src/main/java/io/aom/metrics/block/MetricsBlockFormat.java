package io.aom.metrics.block;

import io.aom.blockstore.BlockFormat;
import io.aom.blockstore.BlockPart;
import io.aom.blockstore.HeadSegment;
import io.aom.blockstore.PartExpiry;
import io.aom.blockstore.PartMerger;
import io.aom.metrics.chunk.RollupPack;
import io.aom.metrics.head.HeadStatistics;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.head.MetricsSegment.SealedSeries;
import io.aom.metrics.overflow.FoldListener;
import io.aom.metrics.overflow.FoldProperties;
import io.aom.metrics.overflow.FoldSettings;
import io.aom.metrics.overflow.FoldStatistics;
import io.aom.metrics.overflow.PartitionFolds;
import io.aom.metrics.series.MetricMetadata;
import io.aom.metrics.series.Resolution;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.Topics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Metrics in the block store. A part is a pack of series of one tenant and one UTC day of sample
 * time, sorted by metric name and labels. A metric of many series has packs of its own; small
 * metrics that follow each other share one, because a document costs more than the series in it.
 */
public final class MetricsBlockFormat implements BlockFormat<MetricsSegment> {
  public static final String LABELS = "labels";
  public static final String SAMPLES = "samples";

  /** Only parts that have exemplars have this column. */
  public static final String EXEMPLARS = "exemplars";

  private final HeadStatistics statistics = new HeadStatistics();
  private final FoldStatistics foldStatistics = new FoldStatistics();
  private final List<Resolution> rollups;
  private final FoldSettings folding;
  private final BiConsumer<TenantId, Map<String, MetricMetadata>> metadata;
  private final FoldListener foldListener;

  /** Merging rolls up to every resolution; nothing is folded. */
  public MetricsBlockFormat() {
    this(List.of(Resolution.values()), FoldProperties.OFF);
  }

  /** Metadata goes with the head. */
  public MetricsBlockFormat(List<Resolution> rollups, FoldProperties folding) {
    this(rollups, folding, (tenant, said) -> {}, FoldListener.NONE);
  }

  /**
   * @param rollups what merging rolls up to
   * @param folding when labels have too many values
   * @param metadata keeps what was said of a tenant's metrics, which blocks do not hold; may be
   *     told the same more than once. If it throws, the segment is not sealed now
   * @param foldListener is told when labels begin to fold
   */
  public MetricsBlockFormat(
      List<Resolution> rollups,
      FoldProperties folding,
      BiConsumer<TenantId, Map<String, MetricMetadata>> metadata,
      FoldListener foldListener) {
    this.rollups = List.copyOf(rollups);
    this.folding = new FoldSettings(folding);
    this.metadata = metadata;
    this.foldListener = foldListener;
  }

  /** What heads of this format have folded. */
  public FoldStatistics foldStatistics() {
    return foldStatistics;
  }

  /** What the heads of this format have taken in. */
  public HeadStatistics statistics() {
    return statistics;
  }

  @Override
  public String signal() {
    return "metrics";
  }

  @Override
  public String topic() {
    return Topics.METRICS;
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<String> columns() {
    return List.of(
        LABELS,
        SAMPLES,
        EXEMPLARS,
        RollupPack.STRETCHES,
        RollupPack.LASTS,
        RollupPack.RISES,
        RollupPack.SUMS,
        RollupPack.EXTREMES);
  }

  @Override
  public List<String> tiers() {
    return Arrays.stream(Resolution.values()).map(Resolution::text).toList();
  }

  @Override
  public MetricsSegment newSegment(int partition) {
    return newSegment(partition, HeadSegment.NO_CARRY);
  }

  @Override
  public MetricsSegment newSegment(int partition, byte[] carry) {
    return new MetricsSegment(
        statistics,
        folding.off()
            ? null
            : new PartitionFolds(folding, foldStatistics, foldListener, partition, carry));
  }

  @Override
  public void saveBesides(MetricsSegment segment) {
    segment.tenants().forEach(tenant -> metadata.accept(tenant, segment.metadata(tenant)));
  }

  @Override
  public List<BlockPart> seal(MetricsSegment segment) {
    List<BlockPart> parts = new ArrayList<>();
    for (TenantId tenant : segment.tenants()) {
      List<SealedSeries> sorted = new ArrayList<>(segment.all(tenant));
      sorted.sort(Comparator.comparing(SealedSeries::labels, Packer.ORDER));
      Packer packer = new Packer(tenant, parts::add);
      sorted.forEach(series -> packer.add(series.labels(), series.decode(), series.exemplars()));
      packer.finish();
    }
    return parts;
  }

  @Override
  public Optional<PartExpiry> expiry() {
    return Optional.of(new SeriesExpiry());
  }

  @Override
  public Optional<PartMerger> merger() {
    return Optional.of(new SeriesMerger(rollups));
  }
}
