package io.aom.fuzz;

import io.aom.metrics.query.RemoteReadWire;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.List;

/** A request of remote read is selections, or is refused as the client's mistake. */
final class RemoteReadTarget implements Target {
  @Override
  public List<byte[]> seeds() {
    ProtoWriter out = new ProtoWriter(128);
    for (int kind = 0; kind < 4; kind++) {
      int query = out.begin(1);
      out.varint(1, SplitTarget.NOW - 3_600_000).varint(2, SplitTarget.NOW);
      int matcher = out.begin(3);
      out.varint(1, kind).string(2, "__name__").string(3, kind < 2 ? "up" : "(up|node_.*)[a-z]?");
      out.end(matcher);
      out.end(query);
    }
    return List.of(
        out.toByteArray(),
        out.varint(2, 0).toByteArray(),
        out.bytes(2, new byte[] {1, 0}, 0, 2).toByteArray());
  }

  @Override
  public void check(byte[] input) {
    try {
      RemoteReadWire.decode(input);
    } catch (RejectedException e) {
      if (e.problem().status() != 400
          || !String.valueOf(e.getMessage()).startsWith("remote read")) {
        throw new AssertionError("refused otherwise: " + e.problem(), e);
      }
    }
  }
}
