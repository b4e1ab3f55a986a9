package io.aom.blockstore;

import org.jspecify.annotations.Nullable;

/**
 * Where what a head holds of its partition begins; what came before is in blocks.
 *
 * @param topicId Kafka's id of the topic: offsets of a topic that was made anew begin at 0 again
 *     and say nothing of earlier blocks; empty from a member too old to say, which means any topic
 * @param offset first offset that the head holds
 */
public record HeldFrom(String topicId, long offset) {
  /** Whether offsets of this topic can be compared with {@link #offset}. */
  boolean speaksOf(String ofTopicId) {
    return maySpeakOf(topicId, ofTopicId);
  }

  /**
   * Whether what a member of this topic says may be of that one.
   *
   * @param topicId empty if not known, which means any
   * @param ofTopicId null if not known, which means any
   */
  static boolean maySpeakOf(String topicId, @Nullable String ofTopicId) {
    return ofTopicId == null || topicId.isEmpty() || topicId.equals(ofTopicId);
  }
}
