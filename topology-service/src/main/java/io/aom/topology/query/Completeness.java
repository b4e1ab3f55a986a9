package io.aom.topology.query;

import io.aom.blockstore.AvailableBlocks;
import io.aom.blockstore.HeadAnswers;
import java.util.List;

/**
 * How complete an answer is.
 *
 * @param completeUntilMillis epoch milliseconds: everything acknowledged before then is in it; 0 if
 *     not known
 * @param missing what the answer may lack, in words; empty if nothing
 */
public record Completeness(long completeUntilMillis, List<String> missing) {
  public Completeness {
    missing = List.copyOf(missing);
  }

  static Completeness of(HeadAnswers<?> answers, AvailableBlocks stored) {
    return new Completeness(answers.completeUntilMillis(), stored.missing(answers));
  }

  public boolean partial() {
    return !missing.isEmpty();
  }
}
