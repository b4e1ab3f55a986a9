package io.aom.blockstore;

/**
 * What a block store needs to know besides its format.
 *
 * @param bootstrapServers Kafka's addresses
 * @param group name under which offsets are left in Kafka for tools that watch lag
 * @param retention how long rows are kept, by their own time
 * @param headBudgetBytes memory that held segments may take; beyond it reading pauses
 * @param cacheBytes memory for columns of blocks that queries have fetched; 0 for none
 */
public record BlockStoreSettings(
    String bootstrapServers,
    String group,
    Membership membership,
    SealPolicy sealPolicy,
    MergeSettings merge,
    Retention retention,
    long headBudgetBytes,
    long cacheBytes) {
  public BlockStoreSettings {
    if (headBudgetBytes < 1) {
      throw new IllegalArgumentException(
          "headBudgetBytes: " + headBudgetBytes + " (expected: at least 1)");
    }
    if (cacheBytes < 0) {
      throw new IllegalArgumentException("cacheBytes: " + cacheBytes + " (expected: not negative)");
    }
  }
}
