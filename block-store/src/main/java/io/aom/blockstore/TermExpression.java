package io.aom.blockstore;

import java.util.List;

/**
 * Which blocks may hold what a query looks for. An expression may only be too wide, never too
 * narrow: it prunes blocks, the signal then looks at the rows. There is no "not", because a block
 * that holds a term may also hold rows without it.
 */
public sealed interface TermExpression {
  TermExpression ALL = new All();

  /** Every block. */
  record All() implements TermExpression {}

  /** Blocks that hold this very term. */
  record Term(String term) implements TermExpression {}

  /** Blocks that hold one of these terms. */
  record AnyTerm(List<String> terms) implements TermExpression {
    public AnyTerm {
      terms = List.copyOf(terms);
    }
  }

  /** Blocks that hold a term with this beginning. */
  record Prefix(String prefix) implements TermExpression {}

  /** Blocks that satisfy all of these. */
  record And(List<TermExpression> operands) implements TermExpression {
    public And {
      operands = List.copyOf(operands);
    }
  }

  /** Blocks that satisfy one of these. */
  record Or(List<TermExpression> operands) implements TermExpression {
    public Or {
      operands = List.copyOf(operands);
    }
  }
}
