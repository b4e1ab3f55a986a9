package io.aom.metrics.block;

import io.aom.blockstore.BlockPart;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.Resolution;
import io.aom.metrics.series.SampleColumns;
import io.aom.telemetry.TenantId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Packs series of one tenant and UTC day, which come in the order of {@link Packer#ORDER}, and
 * their rollups: those that are kept alike together, so that parts go as wholes.
 */
final class Packers {
  private final TenantId tenant;
  private final List<Resolution> rollups;
  private final Consumer<BlockPart> parts;
  private final Map<Long, Group> groups = new HashMap<>();

  private final class Group {
    private final Packer packer = new Packer(tenant, parts);
    private final List<RollupPacker> rolled =
        rollups.stream().map(one -> new RollupPacker(tenant, one, parts)).toList();

    void add(Labels labels, SampleColumns samples, List<Exemplar> exemplars) {
      packer.add(labels, samples, exemplars);
      rolled.forEach(one -> one.add(labels, samples));
    }

    long waitingBytes() {
      return packer.waitingBytes() + rolled.stream().mapToLong(RollupPacker::waitingBytes).sum();
    }

    void finish() {
      packer.finish();
      rolled.forEach(RollupPacker::finish);
    }
  }

  /**
   * @param parts takes each part as soon as its pack is complete
   */
  Packers(TenantId tenant, List<Resolution> rollups, Consumer<BlockPart> parts) {
    this.tenant = tenant;
    this.rollups = rollups;
    this.parts = parts;
  }

  /**
   * @param kept alike for all series that are kept alike
   */
  void add(long kept, Labels labels, SampleColumns samples, List<Exemplar> exemplars) {
    groups.computeIfAbsent(kept, k -> new Group()).add(labels, samples, exemplars);
    if (waitingBytes() > Packer.PACK_BYTES) {
      groups.values().stream()
          .max(Comparator.comparingLong(Group::waitingBytes))
          .ifPresent(Group::finish);
    }
  }

  /** What samples and rollups take of series of which no part has been made yet. */
  long waitingBytes() {
    return groups.values().stream().mapToLong(Group::waitingBytes).sum();
  }

  /** Makes parts of all series that are waiting. */
  void finish() {
    groups.values().forEach(Group::finish);
  }
}
