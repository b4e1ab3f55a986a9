package io.aom.alarm.rule;

/**
 * Which rules one member of the service evaluates.
 *
 * @param ordinal this member, {@code 0 <= ordinal < count}
 */
public record RuleShard(int ordinal, int count) {
  public RuleShard {
    if (count < 1 || ordinal < 0 || ordinal >= count) {
      throw new IllegalArgumentException(
          "aom.member: ordinal " + ordinal + " of " + count + " (expected: 0 <= ordinal < count)");
    }
  }

  public boolean owns(String ruleId) {
    return Math.floorMod(Ticks.spread(ruleId) >>> 16, count) == ordinal;
  }
}
