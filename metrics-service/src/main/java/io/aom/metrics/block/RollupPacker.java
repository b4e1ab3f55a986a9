package io.aom.metrics.block;

import io.aom.blockstore.BlockPart;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.chunk.RollupPack;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.Resolution;
import io.aom.metrics.series.Rollup;
import io.aom.metrics.series.RollupColumns;
import io.aom.metrics.series.SampleColumns;
import io.aom.telemetry.TenantId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Rolls up series of one tenant and UTC day, which come in the order of {@link Packer#ORDER}, and
 * cuts them into packs. Holds the series of one pack at a time.
 */
final class RollupPacker {
  private final TenantId tenant;
  private final Resolution resolution;
  private final Consumer<BlockPart> parts;
  private final Rollup rollup;
  private final List<Labels> labels = new ArrayList<>();
  private final List<RollupColumns> columns = new ArrayList<>();
  private long waitingBytes;

  RollupPacker(TenantId tenant, Resolution resolution, Consumer<BlockPart> parts) {
    this.tenant = tenant;
    this.resolution = resolution;
    this.parts = parts;
    this.rollup = new Rollup(resolution.millis());
  }

  /** A series without floats is passed over. */
  void add(Labels series, SampleColumns samples) {
    RollupColumns rolled = new RollupColumns();
    rollup.add(samples, rolled);
    if (rolled.size() == 0) {
      return;
    }
    labels.add(series);
    columns.add(rolled);
    waitingBytes += rolled.sizeBytes();
    if (labels.size() == Packer.PACK_SERIES) {
      finish();
    }
  }

  /** Makes parts of all series that are waiting. */
  void finish() {
    pack(0, labels.size());
    labels.clear();
    columns.clear();
    waitingBytes = 0;
  }

  /** What the rollups take of series of which no part has been made yet. */
  long waitingBytes() {
    return waitingBytes;
  }

  /** The series {@code [from, to)}: one part, or more if they are too large for one. */
  private void pack(int from, int to) {
    if (from == to) {
      return;
    }
    BlockPart part = part(labels.subList(from, to), columns.subList(from, to));
    if (part.bytes() <= Packer.PART_BYTES || to - from == 1) {
      parts.accept(part);
      return;
    }
    int half = (from + to) >>> 1;
    pack(from, half);
    pack(half, to);
  }

  private BlockPart part(List<Labels> labels, List<RollupColumns> columns) {
    long startMillis = Long.MAX_VALUE;
    long endMillis = Long.MIN_VALUE;
    int rows = 0;
    for (RollupColumns one : columns) {
      startMillis = Math.min(startMillis, one.firstTime(0));
      endMillis = Math.max(endMillis, one.lastTime(one.size() - 1));
      rows += one.size();
    }
    Set<String> terms = new LinkedHashSet<>();
    labels.forEach(one -> BlockTerms.collect(one, terms));
    Map<String, byte[]> encoded = new LinkedHashMap<>();
    encoded.put(MetricsBlockFormat.LABELS, LabelsColumn.encode(labels));
    encoded.putAll(RollupPack.encode(columns));
    return new BlockPart(tenant, startMillis, endMillis, rows, terms, encoded, resolution.text());
  }
}
