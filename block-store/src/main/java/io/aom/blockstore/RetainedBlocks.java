package io.aom.blockstore;

import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Blocks without the parts of which every row is older than its tenant keeps rows. */
final class RetainedBlocks implements BlockReader {
  private final BlockReader blocks;
  private final Retention retention;
  private final InstantSource clock;

  RetainedBlocks(BlockReader blocks, Retention retention, InstantSource clock) {
    this.blocks = blocks;
    this.retention = retention;
    this.clock = clock;
  }

  @Override
  public List<FoundPart> find(BlockQuery query) {
    long now = clock.millis();
    return blocks.find(query).stream()
        .filter(
            part -> part.endMillis() >= retention.keptFromMillis(query.tenant(), part.tier(), now))
        .toList();
  }

  @Override
  public Map<FoundPart, Map<String, byte[]>> fetch(
      Collection<FoundPart> parts, List<String> columns) {
    return blocks.fetch(parts, columns);
  }
}
