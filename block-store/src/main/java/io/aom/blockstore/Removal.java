package io.aom.blockstore;

import java.util.List;

/**
 * Which rows of a tenant are to go since its rules keep them no longer.
 *
 * @param rules the first that a row satisfies holds; what satisfies none stays
 * @param asOfMillis rows go that a rule no longer kept then, epoch milliseconds
 */
public record Removal(List<RetentionRule> rules, long asOfMillis) {
  /** Nothing goes. */
  public static final Removal NONE = new Removal(List.of(), 0);

  public Removal {
    rules = List.copyOf(rules);
  }
}
