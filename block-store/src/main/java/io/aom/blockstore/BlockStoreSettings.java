package io.aom.blockstore;

/**
 * What a block store needs to know besides its format.
 *
 * @param bootstrapServers Kafka's addresses
 * @param group name under which offsets are left in Kafka for tools that watch lag
 * @param retention how long rows are kept, by their own time
 * @param headBudgetBytes memory that held segments may take; beyond it reading pauses
 */
public record BlockStoreSettings(
    String bootstrapServers,
    String group,
    Membership membership,
    SealPolicy sealPolicy,
    MergeSettings merge,
    Retention retention,
    long headBudgetBytes) {
  public BlockStoreSettings {
    if (headBudgetBytes < 1) {
      throw new IllegalArgumentException(
          "headBudgetBytes: " + headBudgetBytes + " (expected: at least 1)");
    }
  }
}
