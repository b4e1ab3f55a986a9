package io.aom.blockstore;

import java.net.URI;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Who owns which partition: member {@code i} of {@code n} those with {@code p mod n = i}.
 *
 * @param ordinal this member, {@code 0..count-1}
 * @param count members of the group
 * @param peers base address of each member by ordinal; may be empty if this is the only one
 */
public record Membership(int ordinal, int count, List<URI> peers) {
  public static final Membership ALONE = new Membership(0, 1, List.of());

  public Membership {
    peers = List.copyOf(peers);
    if (count < 1 || ordinal < 0 || ordinal >= count) {
      throw new IllegalArgumentException(
          "ordinal: " + ordinal + " of " + count + " (expected: 0.." + (count - 1) + ")");
    }
    if (count > 1 && peers.size() != count) {
      throw new IllegalArgumentException(
          "peers: " + peers.size() + " (expected: one for each of " + count + " members)");
    }
  }

  List<Integer> owned(int partitions) {
    return IntStream.range(0, partitions).filter(p -> p % count == ordinal).boxed().toList();
  }
}
