package io.aom.metrics.promql;

import io.aom.metrics.promql.Expr.Reach;
import io.aom.metrics.promql.Expr.TimeShift;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads selectors and lists of label names. */
final class SelectorParser {
  /** Words that are no metric's name where they stand alone. */
  private static final Set<String> NO_NAMES =
      Set.of("atan2", "bool", "ignoring", "on", "group_left", "group_right", "inf", "nan");

  private final TokenCursor in;

  SelectorParser(TokenCursor in) {
    this.in = in;
  }

  /**
   * Reads a selector without a range or a time.
   *
   * @param anything whether it may match every series
   */
  Expr.VectorSelector selector(boolean anything) {
    Token first = in.peek();
    String name = "";
    List<LabelMatcher> matchers = new ArrayList<>();
    if (first.kind() == Token.Kind.IDENTIFIER) {
      if (NO_NAMES.contains(first.text().toLowerCase(Locale.ROOT))) {
        throw in.unexpected(first, "a metric name");
      }
      name = in.take().text();
    }
    if (in.peek().is("{")) {
      matchers(matchers);
    }
    Span span = in.since(first.span().start());
    if (!name.isEmpty()) {
      for (LabelMatcher matcher : matchers) {
        if (matcher.name().equals(Labels.NAME)) {
          throw in.error(
              span,
              "metric name must not be set twice: "
                  + Labels.quote(name)
                  + " or "
                  + Labels.quote(matcher.value()));
        }
      }
      matchers.add(LabelMatcher.equal(Labels.NAME, name));
    }
    if (!anything && matchers.stream().allMatch(LabelMatcher::matchesEmpty)) {
      throw in.error(span, "vector selector must contain at least one non-empty matcher");
    }
    return new Expr.VectorSelector(name, List.copyOf(matchers), TimeShift.NONE, Reach.PLAIN, span);
  }

  private void matchers(List<LabelMatcher> to) {
    in.expect("{", "label matching");
    while (!in.peek().is("}")) {
      Token label = in.take();
      boolean quoted = label.kind() == Token.Kind.STRING;
      if (!quoted && !(label.kind() == Token.Kind.IDENTIFIER && Labels.isPlain(label.text()))) {
        throw in.unexpected(label, "identifier or \"}\" in label matching");
      }
      if (quoted && (in.peek().is(",") || in.peek().is("}"))) {
        to.add(LabelMatcher.equal(Labels.NAME, label.text()));
      } else {
        to.add(matcher(label));
      }
      if (!in.accept(",")) {
        break;
      }
    }
    in.expect("}", "label matching");
  }

  private LabelMatcher matcher(Token label) {
    Token sign = in.take();
    LabelMatcher.Kind kind = null;
    for (LabelMatcher.Kind candidate : LabelMatcher.Kind.values()) {
      if (sign.is(candidate.sign())) {
        kind = candidate;
      }
    }
    if (kind == null) {
      throw in.unexpected(sign, "label matching operator");
    }
    Token value = in.take();
    if (value.kind() != Token.Kind.STRING) {
      throw in.unexpected(value, "string in label matching");
    }
    try {
      return new LabelMatcher(kind, label.text(), value.text());
    } catch (IllegalArgumentException e) {
      throw in.error(value.span(), String.valueOf(e.getMessage()));
    }
  }

  /** Names in parentheses, as grouping and matching take them. */
  List<String> labelNames() {
    in.expect("(", "grouping opts");
    List<String> names = new ArrayList<>();
    while (!in.peek().is(")")) {
      Token token = in.take();
      boolean name = token.kind() == Token.Kind.STRING || token.kind() == Token.Kind.IDENTIFIER;
      if (!name || token.text().isEmpty()) {
        throw in.unexpected(token, "a label name in grouping opts");
      }
      names.add(token.text());
      if (!in.accept(",")) {
        break;
      }
    }
    in.expect(")", "grouping opts");
    return names;
  }
}
