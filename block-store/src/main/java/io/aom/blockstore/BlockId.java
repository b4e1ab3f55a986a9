package io.aom.blockstore;

/**
 * Identity of a block: where its records begin in the log. Blocks of a partition follow one another
 * without gap, so two writers that reach the same point name the same block.
 */
record BlockId(String topicId, int partition, long firstOffset) {
  @Override
  public String toString() {
    return topicId + "-" + partition + "-" + firstOffset;
  }
}
