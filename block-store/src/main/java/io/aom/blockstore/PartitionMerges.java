package io.aom.blockstore;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was merged of a partition and what is being merged; one document, changed as a whole and
 * only by whoever has read its newest version. So ranges never overlap, whoever merges.
 *
 * @param topicId named as in manifests; documents were written that named it otherwise
 * @param next first offset of which it is not decided yet; blocks before are merged or stay as they
 *     are
 * @param ranges by offset
 * @param attempt what somebody is merging
 * @param abandoned attempts that came to nothing, and whose parts are to go
 */
record PartitionMerges(
    @JsonProperty("topic") @JsonAlias("topicId") String topicId,
    int partition,
    long next,
    List<MergedRange> ranges,
    @Nullable Attempt attempt,
    List<Abandoned> abandoned) {

  /**
   * A merge under way. Its parts are not visible, and never will be once the document has another
   * attempt or none.
   *
   * @param member ordinal of whoever is at it
   */
  record Attempt(String layout, int member, long beganAtMillis) {}

  record Abandoned(String layout, long atMillis) {}

  PartitionMerges {
    ranges = List.copyOf(ranges);
    abandoned = List.copyOf(abandoned);
  }

  static PartitionMerges none(String topicId, int partition) {
    return new PartitionMerges(topicId, partition, 0, List.of(), null, List.of());
  }

  boolean attempts(String layout) {
    return attempt != null && attempt.layout().equals(layout);
  }

  PartitionMerges withNext(long offset) {
    return new PartitionMerges(topicId, partition, offset, ranges, attempt, abandoned);
  }

  /** Begins another attempt; one that was under way is abandoned. */
  PartitionMerges withAttempt(@Nullable Attempt begun, long nowMillis) {
    List<Abandoned> left = new ArrayList<>(abandoned);
    if (attempt != null) {
      left.add(new Abandoned(attempt.layout(), nowMillis));
    }
    return new PartitionMerges(topicId, partition, next, ranges, begun, left);
  }

  /** The attempt has succeeded. */
  PartitionMerges withMerged(MergedRange range) {
    List<MergedRange> more = new ArrayList<>(ranges);
    more.add(range);
    return new PartitionMerges(topicId, partition, range.lastOffset() + 1, more, null, abandoned);
  }

  /**
   * @param sweptBeforeMillis ranges from before have been swept
   * @param abandonedAfterMillis attempts that were abandoned before need no more looking after
   * @param receivedAfterMillis ranges whose records all came before are forgotten: no row is left
   */
  PartitionMerges withSwept(
      long sweptBeforeMillis, long abandonedAfterMillis, long receivedAfterMillis) {
    return new PartitionMerges(
        topicId,
        partition,
        next,
        ranges.stream()
            .filter(range -> range.lastReceivedMillis() >= receivedAfterMillis)
            .map(range -> range.mergedAtMillis() <= sweptBeforeMillis ? range.withSwept() : range)
            .toList(),
        attempt,
        abandoned.stream().filter(one -> one.atMillis() >= abandonedAfterMillis).toList());
  }
}
