package io.aom.metrics.head;

import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.SymbolTable;
import io.aom.metrics.series.ValueTest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the series of a head that satisfy some matchers. For one question. */
final class HeadSelection {
  private final TenantHead head;
  private final SymbolTable symbols;
  private final Postings postings;

  HeadSelection(TenantHead head, SymbolTable symbols, Postings postings) {
    this.head = head;
    this.symbols = symbols;
    this.postings = postings;
  }

  /** Numbers of the series that satisfy all matchers. Not to be changed. */
  IntList select(List<LabelMatcher> matchers) {
    List<Condition> conditions = new ArrayList<>();
    IntList candidates = null;
    Condition held = null;
    for (LabelMatcher matcher : matchers) {
      Condition condition = new Condition(matcher, symbols.find(matcher.name()));
      conditions.add(condition);
      if (!matcher.matchesEmpty()) {
        IntList narrowed = narrow(matcher, condition.name);
        if (narrowed != null && (candidates == null || narrowed.size() < candidates.size())) {
          candidates = narrowed;
          held = condition;
        }
      }
    }
    conditions.remove(held); // what was narrowed by it satisfies it
    if (candidates != null && conditions.isEmpty()) {
      return candidates;
    }
    int count = candidates == null ? head.size() : candidates.size();
    IntList selected = new IntList(count);
    for (int i = 0; i < count; i++) {
      int number = candidates == null ? i : candidates.get(i);
      if (allHold(conditions, head.series(number))) {
        selected.add(number);
      }
    }
    return selected;
  }

  private static boolean allHold(List<Condition> conditions, HeadSeries candidate) {
    for (int i = 0; i < conditions.size(); i++) {
      if (!conditions.get(i).holds(candidate)) {
        return false;
      }
    }
    return true;
  }

  /** Series of one value, where the matcher allows but one; none for a name nobody has. */
  private @Nullable IntList narrow(LabelMatcher matcher, int name) {
    IntList values = name < 0 ? null : postings.valuesOf(name);
    if (values == null) {
      return new IntList(0);
    }
    if (matcher.kind() == LabelMatcher.Kind.EQUAL || matcher.kind() == LabelMatcher.Kind.REGEX) {
      if (matcher.test() instanceof ValueTest.Exact(String value)) {
        IntList found = postings.find(name, symbols.find(value));
        return found == null ? new IntList(0) : found;
      }
      if (matcher.test() instanceof ValueTest.OneOf(Set<String> some)) {
        IntList union = new IntList(16);
        for (String value : some) {
          IntList found = postings.find(name, symbols.find(value));
          for (int i = 0; found != null && i < found.size(); i++) {
            union.add(found.get(i));
          }
        }
        return union;
      }
    }
    return null;
  }

  /** A matcher over symbol numbers: each value of the label is tested once. */
  private final class Condition {
    private static final byte UNKNOWN = 0;
    private static final byte YES = 1;
    private static final byte NO = 2;

    private final LabelMatcher matcher;
    private final int name;
    private final boolean holdsEmpty;
    private byte[] tested = new byte[0];

    Condition(LabelMatcher matcher, int name) {
      this.matcher = matcher;
      this.name = name;
      this.holdsEmpty = matcher.matchesEmpty();
    }

    boolean holds(HeadSeries candidate) {
      int value = name < 0 ? -1 : head.valueId(candidate, name);
      if (value < 0) {
        return holdsEmpty;
      }
      if (tested.length <= value) {
        tested = Arrays.copyOf(tested, symbols.size());
      }
      if (tested[value] == UNKNOWN) {
        tested[value] = matcher.matches(symbols.text(value)) ? YES : NO;
      }
      return tested[value] == YES;
    }
  }
}
