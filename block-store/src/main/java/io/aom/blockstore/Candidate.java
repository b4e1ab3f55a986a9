package io.aom.blockstore;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A member that may be asked for a partition.
 *
 * @param peer null is this member itself
 * @param known how fresh it was when it was heard of last; null if it has not said so yet
 * @param away whether it did not answer when it was asked last
 */
record Candidate(@Nullable Peer peer, @Nullable Freshness known, boolean away) {
  /**
   * How far behind the freshest a member may be, in records' own time, and still count as fresh.
   */
  static final long FRESH_WITHIN_MILLIS = 5_000;

  /**
   * In the order in which to ask: those that are fresh, then those of whom it is not known, then
   * those that are behind, least first, and at last those that are away.
   *
   * @param preferred all of them, in the order that is best if they are alike
   */
  static List<Candidate> inOrder(List<Candidate> preferred) {
    List<Freshness> all = known(preferred);
    return preferred.stream()
        .sorted(
            Comparator.comparingLong(
                candidate -> {
                  Freshness known = candidate.known();
                  if (candidate.away()) {
                    return Long.MAX_VALUE;
                  }
                  if (known == null) {
                    return -1; // After those that are fresh, before those that are behind.
                  }
                  return fresh(known, all)
                      ? Long.MIN_VALUE
                      : Long.MAX_VALUE - 1 - known.nextOffset();
                }))
        .toList();
  }

  /** How fresh those are that are there. */
  static List<Freshness> known(List<Candidate> candidates) {
    return candidates.stream()
        .filter(candidate -> !candidate.away())
        .map(Candidate::known)
        .filter(Objects::nonNull)
        .toList();
  }

  /**
   * Whether a reader is as good as any: it has read as much as all others, or is behind by no more
   * than members differ anyway. A member that reads again after a start, or has lost Kafka, is not,
   * nor is one that reads another topic.
   */
  static boolean fresh(Freshness reader, List<Freshness> all) {
    long farthest = all.stream().mapToLong(Freshness::nextOffset).max().orElse(0);
    long newest = all.stream().mapToLong(Freshness::completeUntilMillis).max().orElse(0);
    return reader.nextOffset() >= 0
        && (reader.nextOffset() >= farthest
            || newest - reader.completeUntilMillis() <= FRESH_WITHIN_MILLIS);
  }
}
