package io.aom.blockstore;

import java.util.List;

/**
 * A question to the heads. It runs where a head is: in this process, or on the member that owns the
 * partition, to which question and answer travel as bytes.
 *
 * @param <S> the signal's segment
 * @param <Q> question; carries tenant, window and whatever else
 * @param <R> answer of one partition
 */
public interface HeadQuery<S extends HeadSegment, Q, R> {

  /** Name in the member-to-member path; unique within the service. */
  String name();

  /**
   * Answers for one partition. The segments are in offset order; the last one may be appended to
   * meanwhile.
   */
  R run(Q question, List<S> segments);

  byte[] encodeQuestion(Q question);

  Q decodeQuestion(byte[] bytes);

  byte[] encodeAnswer(R answer);

  R decodeAnswer(byte[] bytes);
}
