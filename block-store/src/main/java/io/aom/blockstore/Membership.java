package io.aom.blockstore;

import java.net.URI;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Who holds which partition. The members of a service form one or more replica groups, each of
 * which holds all partitions: member {@code i} is in group {@code i mod groups} and has place
 * {@code i / groups} there, and of the {@code n} places of a group place {@code j} holds the
 * partitions with {@code p mod n = j}. So more members may be added without a change of groups, and
 * the members that hold the same partitions have neighbouring ordinals.
 *
 * @param ordinal this member, {@code 0..count-1}
 * @param count members of the service, of all groups together
 * @param groups how many replica groups they form; divides {@code count}
 * @param peers base address of each member by ordinal; may be empty if this is the only one
 */
public record Membership(int ordinal, int count, int groups, List<URI> peers) {
  public static final Membership ALONE = new Membership(0, 1, 1, List.of());

  public Membership {
    peers = List.copyOf(peers);
    if (count < 1 || ordinal < 0 || ordinal >= count) {
      throw new IllegalArgumentException(
          "ordinal: " + ordinal + " of " + count + " (expected: 0.." + (count - 1) + ")");
    }
    if (groups < 1 || count % groups != 0) {
      throw new IllegalArgumentException(
          "groups: " + groups + " (expected: a number that divides the " + count + " members)");
    }
    if (count > 1 && peers.size() != count) {
      throw new IllegalArgumentException(
          "peers: " + peers.size() + " (expected: one for each of " + count + " members)");
    }
  }

  int group() {
    return ordinal % groups;
  }

  private int places() {
    return count / groups;
  }

  /** Whether there are partitions that this member is not meant to hold. */
  boolean spread() {
    return places() > 1;
  }

  List<Integer> owned(int partitions) {
    return IntStream.range(0, partitions).filter(p -> holds(ordinal, p)).boxed().toList();
  }

  /** Whether a member is meant to hold a partition. */
  boolean holds(int member, int partition) {
    return partition % places() == member / groups;
  }

  /**
   * When it is this group's turn to store a partition's blocks, from 0; the groups take turns so
   * that none of them does all the work.
   */
  int turn(int partition) {
    return Math.floorMod(group() - partition / places(), groups);
  }

  /** Whether this is the one member that does what only one of a service may do. */
  boolean first() {
    return ordinal == 0;
  }
}
