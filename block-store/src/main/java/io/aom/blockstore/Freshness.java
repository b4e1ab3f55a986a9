package io.aom.blockstore;

import org.jspecify.annotations.Nullable;

/**
 * How far one partition's head has read.
 *
 * @param nextOffset first offset that the head has not read; -1 if it reads another topic
 * @param endOffset end of the partition when last asked; -1 if not known yet
 * @param completeUntilMillis epoch milliseconds: everything that Kafka had then is in the answer; 0
 *     if not known yet
 */
public record Freshness(int partition, long nextOffset, long endOffset, long completeUntilMillis) {

  /**
   * What it says to who reads a topic: offsets of another one of that name say nothing of it, so
   * that whoever reads that has read nothing.
   *
   * @param topicId Kafka's id of the topic that this is of; empty if not known, which means any
   * @param readTopicId null if not known, which means any
   */
  Freshness in(String topicId, @Nullable String readTopicId) {
    return HeldFrom.maySpeakOf(topicId, readTopicId) ? this : new Freshness(partition, -1, -1, 0);
  }

  /** Records that Kafka has and the head has not; -1 if not known yet. */
  public long lag() {
    return endOffset < 0 ? -1 : Math.max(0, endOffset - nextOffset);
  }
}
