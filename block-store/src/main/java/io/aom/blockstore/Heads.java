package io.aom.blockstore;

/**
 * Asks one fresh owner of each partition. Safe for concurrent use.
 *
 * @param <S> the signal's segment
 */
public interface Heads<S extends HeadSegment> {

  /** How much of what was acknowledged an answer must hold. */
  enum Consistency {
    /** Whatever the heads have read; the answer says how far that is. */
    EVENTUAL,
    /**
     * Everything that Kafka had when the question came; waits up to five seconds, then a {@link
     * io.aom.telemetry.RejectedException} with 503.
     */
    STRONG
  }

  <Q, R> HeadAnswers<R> ask(PartitionQuery<S, Q, R> query, Q question, Consistency consistency);

  /** Whether other members hold partitions that this one does not. */
  boolean spread();
}
