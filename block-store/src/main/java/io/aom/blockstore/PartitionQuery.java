package io.aom.blockstore;

import java.time.Duration;

/**
 * A question to one partition. It runs where the partition's head is: in this process, or on the
 * member that owns the partition, to which question and answer travel as bytes. It may look at the
 * partition's blocks as well: those from before {@link PartitionHead#heldFrom}.
 *
 * @param <S> the signal's segment
 * @param <Q> question; carries tenant, window and whatever else
 * @param <R> answer of one partition
 * @see HeadQuery for one that looks at the head alone
 */
public interface PartitionQuery<S extends HeadSegment, Q, R> {

  /** Name in the member-to-member path; unique within the service. */
  String name();

  R run(Q question, PartitionHead<S> head);

  byte[] encodeQuestion(Q question);

  /**
   * Reads what {@link #encodeQuestion} wrote.
   *
   * @throws IllegalArgumentException if the bytes are no question
   */
  Q decodeQuestion(byte[] bytes);

  byte[] encodeAnswer(R answer);

  /**
   * Reads what {@link #encodeAnswer} wrote.
   *
   * @throws IllegalArgumentException if the bytes are no answer to this question; another member is
   *     asked then
   */
  R decodeAnswer(Q question, byte[] bytes);

  /** How long another member may take to answer. */
  default Duration timeout(Q question) {
    return Duration.ofSeconds(30);
  }
}
