package io.aom.metrics.block;

import io.aom.blockstore.TermExpression;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.ValueTest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * The terms a block part is found by: {@code label=value} for each pair of its series. A long term
 * is cut and gets the hash of the whole behind it, alike when written and when looked for.
 */
public final class BlockTerms {
  /** Parts with exemplars have this term; no label pair is like it, since they have a {@code =}. */
  public static final String HAS_EXEMPLARS = "exemplars";

  /** Parts with native histograms have this term. */
  static final String HAS_HISTOGRAMS = "histograms";

  /** Parts that hold native histograms. */
  public static final TermExpression WITH_HISTOGRAMS = new TermExpression.Term(HAS_HISTOGRAMS);

  private static final int MAX_LENGTH = 200;
  private static final int MAX_ALTERNATIVES = 500;

  /** OpenSearch takes about a thousand in a search, with what else it looks for. */
  private static final int MAX_CLAUSES = 500;

  private BlockTerms() {}

  static String term(String name, String value) {
    String whole = name + "=" + value;
    return whole.length() <= MAX_LENGTH
        ? whole
        : whole.substring(0, MAX_LENGTH) + "#" + Integer.toHexString(whole.hashCode());
  }

  static void collect(Labels labels, Set<String> to) {
    for (int i = 0; i < labels.size(); i++) {
      to.add(term(labels.name(i), labels.value(i)));
    }
  }

  /** Parts that may hold series which satisfy all matchers. */
  public static TermExpression expression(List<LabelMatcher> matchers) {
    List<TermExpression> all = new ArrayList<>();
    for (LabelMatcher matcher : matchers) {
      TermExpression one = expression(matcher);
      if (!(one instanceof TermExpression.All)) {
        all.add(one);
      }
    }
    return switch (all.size()) {
      case 0 -> TermExpression.ALL;
      case 1 -> all.get(0);
      default -> new TermExpression.And(all);
    };
  }

  /** Parts that may hold series which satisfy one of the selectors; all parts if there is none. */
  public static TermExpression anyOf(Collection<List<LabelMatcher>> selectors) {
    List<TermExpression> any = selectors.stream().map(BlockTerms::expression).toList();
    if (any.isEmpty() || any.contains(TermExpression.ALL)) {
      return TermExpression.ALL;
    }
    if (any.stream().mapToInt(BlockTerms::clauses).sum() > MAX_CLAUSES) {
      return TermExpression.ALL; // Who reads the parts tells which series are meant.
    }
    return any.size() == 1 ? any.getFirst() : new TermExpression.Or(any);
  }

  private static int clauses(TermExpression selector) {
    return selector instanceof TermExpression.And(List<TermExpression> all) ? all.size() : 1;
  }

  private static TermExpression expression(LabelMatcher matcher) {
    if (matcher.matchesEmpty()) {
      return TermExpression.ALL; // series without the label match too, and no term says so
    }
    String name = matcher.name();
    if (matcher.kind() == LabelMatcher.Kind.NOT_EQUAL
        || matcher.kind() == LabelMatcher.Kind.NOT_REGEX) {
      return new TermExpression.Prefix(name + "=");
    }
    return switch (matcher.test()) {
      case ValueTest.Exact(String value) -> new TermExpression.Term(term(name, value));
      case ValueTest.OneOf(Set<String> values) when values.size() <= MAX_ALTERNATIVES ->
          new TermExpression.AnyTerm(values.stream().map(value -> term(name, value)).toList());
      case ValueTest.Beginning(String prefix, boolean more) -> {
        String whole = name + "=" + prefix;
        yield new TermExpression.Prefix(whole.substring(0, Math.min(whole.length(), MAX_LENGTH)));
      }
      default -> new TermExpression.Prefix(name + "=");
    };
  }
}
