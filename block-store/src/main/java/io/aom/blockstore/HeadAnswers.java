package io.aom.blockstore;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the heads said, and from which offset on each spoke: give {@link #held} to the {@link
 * BlockQuery} that follows, so that no row is seen twice and none is missed.
 *
 * @param unreachable partitions whose owner did not answer; the query's answer is partial
 */
public record HeadAnswers<R>(List<PartitionAnswer<R>> answers, List<Integer> unreachable) {

  /**
   * What one partition's head said.
   *
   * @param heldFrom what the head still held when it answered
   * @param storedUntilMillis epoch milliseconds: no row from before that is newer; {@link
   *     Long#MAX_VALUE} if not known
   */
  public record PartitionAnswer<R>(
      int partition, HeldFrom heldFrom, long storedUntilMillis, Freshness freshness, R answer) {
    PartitionAnswer<R> ofTopic(String topicId) {
      return new PartitionAnswer<>(
          partition,
          new HeldFrom(topicId, heldFrom.offset()),
          storedUntilMillis,
          freshness,
          answer);
    }

    /**
     * The same for who reads this topic: an answer of another one does not say how far reading is,
     * nor what blocks of the topic hold.
     *
     * @param readTopicId null if not known
     */
    PartitionAnswer<R> seenIn(@Nullable String readTopicId) {
      Freshness seen = freshness.in(heldFrom.topicId(), readTopicId);
      return seen.equals(freshness)
          ? this
          : new PartitionAnswer<>(partition, heldFrom, Long.MAX_VALUE, seen, answer);
    }
  }

  public HeadAnswers {
    answers = List.copyOf(answers);
    unreachable = List.copyOf(unreachable);
  }

  /** What a search of blocks after these answers has to know of them. */
  public Held held() {
    long until = partial() ? Long.MAX_VALUE : Long.MIN_VALUE;
    for (PartitionAnswer<R> answer : answers) {
      until = Math.max(until, answer.storedUntilMillis());
    }
    Map<Integer, HeldFrom> from =
        answers.stream()
            .collect(Collectors.toMap(PartitionAnswer::partition, PartitionAnswer::heldFrom));
    return new Held(from, until);
  }

  public List<R> results() {
    return answers.stream().map(PartitionAnswer::answer).toList();
  }

  public boolean partial() {
    return !unreachable.isEmpty();
  }

  /** What the answers lack, in words; empty if nothing. */
  public List<String> missing() {
    return partial()
        ? List.of("the newest data of partitions " + unreachable + ": nobody who holds it answers")
        : List.of();
  }

  /** Epoch milliseconds: everything that Kafka had then is in the answer; 0 if not known. */
  public long completeUntilMillis() {
    return answers.stream().mapToLong(a -> a.freshness().completeUntilMillis()).min().orElse(0);
  }
}
