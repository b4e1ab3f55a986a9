package io.aom.blockstore;

import io.aom.blockstore.PartitionKeeper.Snapshot;
import java.time.Duration;

/**
 * A question to whatever a partition's keeper holds: rows, for which there is {@link
 * PartitionQuery}, or accounts.
 */
interface ViewQuery<S extends HeadSegment, Q, R> {
  String name();

  R run(Q question, int partition, Snapshot<S> now);

  byte[] encodeQuestion(Q question);

  Q decodeQuestion(byte[] bytes);

  byte[] encodeAnswer(R answer);

  R decodeAnswer(Q question, byte[] bytes);

  /** How long another member may take to answer. */
  Duration timeout(Q question);

  /** A signal's question, which sees the rows alone. */
  record OfRows<S extends HeadSegment, Q, R>(PartitionQuery<S, Q, R> query)
      implements ViewQuery<S, Q, R> {
    @Override
    public String name() {
      return query.name();
    }

    @Override
    public R run(Q question, int partition, Snapshot<S> now) {
      return query.run(
          question,
          new PartitionHead<>(
              partition,
              now.heldFrom(),
              now.view().storedUntilMillis(),
              now.freshness(),
              now.view().segments()));
    }

    @Override
    public byte[] encodeQuestion(Q question) {
      return query.encodeQuestion(question);
    }

    @Override
    public Q decodeQuestion(byte[] bytes) {
      return query.decodeQuestion(bytes);
    }

    @Override
    public byte[] encodeAnswer(R answer) {
      return query.encodeAnswer(answer);
    }

    @Override
    public R decodeAnswer(Q question, byte[] bytes) {
      return query.decodeAnswer(question, bytes);
    }

    @Override
    public Duration timeout(Q question) {
      return query.timeout(question);
    }
  }
}
