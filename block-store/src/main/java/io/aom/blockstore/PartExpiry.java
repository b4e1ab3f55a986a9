package io.aom.blockstore;

import java.util.List;
import java.util.Map;

/**
 * What a signal plugs in that knows {@link RetentionRule rules}: it says of which parts they leave
 * nothing. Of one thread at a time.
 */
public interface PartExpiry {
  /** What {@link #expired} looks at. */
  List<String> columns();

  /** Parts that may hold rows which satisfy a rule. */
  TermExpression candidates(List<RetentionRule> rules);

  /**
   * Whether every row of a part is to go.
   *
   * @throws CorruptPartException if the part is not what it should be; it stays
   */
  boolean expired(FoundPart part, Map<String, byte[]> columns, Removal removal);
}
