package io.aom.metrics.promql;

import io.aom.metrics.promql.Expr.Reach;
import io.aom.metrics.promql.Expr.TimeShift;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads selectors and lists of label names. */
final class SelectorParser {
  /** Words that are no metric's name where they stand alone. */
  private static final Set<String> NO_NAMES =
      Set.of("atan2", "bool", "ignoring", "on", "group_left", "group_right", "inf", "nan");

  private static final String CONTEXT = "label matching";

  private final TokenCursor in;

  SelectorParser(TokenCursor in) {
    this.in = in;
  }

  /** Reads a selector without a range or a time; whether it makes sense is not looked at. */
  Expr.VectorSelector selector() {
    Token first = in.peek();
    String name = "";
    List<LabelMatcher> matchers = new ArrayList<>();
    if (first.kind() == Token.Kind.IDENTIFIER) {
      if (NO_NAMES.contains(first.text().toLowerCase(Locale.ROOT))) {
        throw in.unexpected(first);
      }
      name = in.take().text();
    }
    if (in.peek().is("{")) {
      matchers(matchers);
    }
    Span span = in.since(first.span().start());
    if (!name.isEmpty()) {
      matchers.add(LabelMatcher.equal(Labels.NAME, name));
    }
    return new Expr.VectorSelector(name, List.copyOf(matchers), TimeShift.NONE, Reach.PLAIN, span);
  }

  private void matchers(List<LabelMatcher> to) {
    in.take();
    while (!in.peek().is("}")) {
      Token label = in.peek();
      boolean quoted = label.kind() == Token.Kind.STRING;
      if (!quoted && label.kind() != Token.Kind.LABEL) {
        throw in.unexpected(label, CONTEXT, "identifier or \"}\"");
      }
      in.take();
      LabelMatcher.Kind kind = kind(in.peek());
      if (kind != null) {
        in.take();
        to.add(matcher(label, kind));
      } else if (quoted) {
        to.add(LabelMatcher.equal(Labels.NAME, label.text()));
      } else {
        throw in.unexpected(in.peek(), CONTEXT, "label matching operator");
      }
      if (!in.accept(",") && !in.peek().is("}")) {
        throw in.unexpected(in.peek(), CONTEXT, "\",\" or \"}\"");
      }
    }
    in.take();
  }

  private static LabelMatcher.@Nullable Kind kind(Token sign) {
    for (LabelMatcher.Kind candidate : LabelMatcher.Kind.values()) {
      if (sign.is(candidate.sign())) {
        return candidate;
      }
    }
    return null;
  }

  private LabelMatcher matcher(Token label, LabelMatcher.Kind kind) {
    Token value = in.peek();
    if (value.kind() != Token.Kind.STRING) {
      throw in.unexpected(value, CONTEXT, "string");
    }
    in.take();
    try {
      return new LabelMatcher(kind, label.text(), value.text());
    } catch (IllegalArgumentException e) {
      throw in.error(label.span(), String.valueOf(e.getMessage()));
    }
  }

  /** Names in parentheses, as grouping and matching take them. */
  List<String> labelNames() {
    String context = "grouping opts";
    if (!in.accept("(")) {
      throw in.unexpected(in.peek(), context, "\"(\"");
    }
    List<String> names = new ArrayList<>();
    while (!in.peek().is(")")) {
      Token token = in.peek();
      if (token.kind() != Token.Kind.STRING && token.kind() != Token.Kind.IDENTIFIER) {
        throw in.unexpected(token, context, "label");
      }
      if (token.text().isEmpty()) {
        throw in.error(token.span(), "invalid label name for grouping: \"\"");
      }
      names.add(in.take().text());
      if (!in.accept(",") && !in.peek().is(")")) {
        throw in.unexpected(in.peek(), context, "\",\" or \")\"");
      }
    }
    in.take();
    return names;
  }
}
