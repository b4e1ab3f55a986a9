package io.aom.service.pace;

/**
 * Which of the things that only one member may do are this member's.
 *
 * @param ordinal this member, {@code 0 <= ordinal < count}
 */
public record Shard(int ordinal, int count) {
  public Shard {
    if (count < 1 || ordinal < 0 || ordinal >= count) {
      throw new IllegalArgumentException(
          "aom.member: ordinal " + ordinal + " of " + count + " (expected: 0 <= ordinal < count)");
    }
  }

  public boolean owns(String id) {
    return owner(id) == ordinal;
  }

  /** The ordinal whose turn it is. */
  public int owner(String id) {
    return Math.floorMod(Ticks.spread(id) >>> 16, count);
  }
}
