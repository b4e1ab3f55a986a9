package io.aom.fuzz;

import com.google.protobuf.InvalidProtocolBufferException;
import io.aom.ingest.intake.Slice;

/** A request of OTLP of which each record comes out in one slice, with what stands around it. */
abstract class RecordSplitTarget extends SplitTarget {
  /** The records of a request, each with what stands around it. */
  abstract Placed placed(byte[] request) throws InvalidProtocolBufferException;

  @Override
  final void compare(byte[] input, Outcome outcome) {
    Placed sent;
    try {
      sent = placed(input);
    } catch (InvalidProtocolBufferException e) {
      return;
    }
    for (Slice slice : outcome.slices()) {
      try {
        sent.take(placed(slice.value()), slice.items());
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError("a slice that protobuf-java cannot read as records", e);
      }
    }
    sent.leaves(outcome.refusals().total());
  }
}
