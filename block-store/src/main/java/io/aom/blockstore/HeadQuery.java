package io.aom.blockstore;

import java.util.List;

/** A question to the head of a partition alone. */
public interface HeadQuery<S extends HeadSegment, Q, R> extends PartitionQuery<S, Q, R> {

  /**
   * Answers for one partition. The segments are in offset order; the last one may be appended to
   * meanwhile.
   */
  R run(Q question, List<S> segments);

  @Override
  default R run(Q question, PartitionHead<S> head) {
    return run(question, head.segments());
  }
}
