package io.aom.blockstore;

/**
 * How far one partition's head has read.
 *
 * @param nextOffset first offset that the head has not read
 * @param endOffset end of the partition when last asked; -1 if not known yet
 * @param completeUntilMillis epoch milliseconds: everything that Kafka had then is in the answer; 0
 *     if not known yet
 */
public record Freshness(int partition, long nextOffset, long endOffset, long completeUntilMillis) {

  /** Records that Kafka has and the head has not; -1 if not known yet. */
  public long lag() {
    return endOffset < 0 ? -1 : Math.max(0, endOffset - nextOffset);
  }
}
