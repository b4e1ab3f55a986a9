package io.aom.topology.query;

import io.aom.blockstore.HeadAnswers;

/**
 * How complete an answer is.
 *
 * @param completeUntilMillis epoch milliseconds: everything acknowledged before then is in it; 0 if
 *     not known
 * @param partial whether a head could not be asked, so that its newest spans are missing
 */
public record Completeness(long completeUntilMillis, boolean partial) {
  static Completeness of(HeadAnswers<?> answers) {
    return new Completeness(answers.completeUntilMillis(), answers.partial());
  }
}
