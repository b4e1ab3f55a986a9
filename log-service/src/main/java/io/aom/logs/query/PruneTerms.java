package io.aom.logs.query;

import io.aom.blockstore.TermExpression;
import io.aom.logs.query.lang.LogQuery;
import io.aom.logs.query.lang.LogQuery.Match;
import io.aom.logs.row.Severity;
import io.aom.logs.text.Phrase;
import io.aom.logs.text.TermSet;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Says which blocks may hold what a query looks for. */
final class PruneTerms {
  private PruneTerms() {}

  static TermExpression of(LogQuery query) {
    return switch (query) {
      case LogQuery.Everything() -> TermExpression.ALL;
      case LogQuery.Words words -> words(words);
      case LogQuery.Field field -> field(field);
      case LogQuery.And(var operands) -> and(operands.stream().map(PruneTerms::of).toList());
      case LogQuery.Or(var operands) -> or(operands.stream().map(PruneTerms::of).toList());
      case LogQuery.Not(var operand) -> TermExpression.ALL;
    };
  }

  private static TermExpression words(LogQuery.Words words) {
    TermExpression text = phrase(Phrase.of(words.text(), words.prefix()));
    byte[] traceId = Ids.traceId(words);
    return traceId == null
        ? text
        : or(
            List.of(
                text,
                new TermExpression.Term(
                    TermSet.field(LogFields.TRACE_ID, HexFormat.of().formatHex(traceId)))));
  }

  private static TermExpression phrase(Phrase phrase) {
    List<String> tokens = phrase.tokens();
    List<TermExpression> terms = new ArrayList<>();
    for (int i = 0; i < tokens.size(); i++) {
      String term = TermSet.token(tokens.get(i));
      boolean prefix = phrase.prefix() && i == tokens.size() - 1;
      terms.add(prefix ? new TermExpression.Prefix(term) : new TermExpression.Term(term));
    }
    return and(terms);
  }

  private static TermExpression field(LogQuery.Field field) {
    String key = LogFields.canonical(field.key());
    return switch (key) {
      case LogFields.SEVERITY -> severity(field);
      case LogFields.BODY -> phrase(Phrase.of(field.value(), field.match() == Match.PREFIX));
      case LogFields.SPAN_ID -> TermExpression.ALL;
      default ->
          switch (field.match()) {
            case EQUALS, EXACTLY -> new TermExpression.Term(TermSet.field(key, field.value()));
            case PREFIX -> new TermExpression.Prefix(TermSet.field(key, field.value()));
            case EXISTS -> new TermExpression.Prefix(TermSet.fieldPrefix(key));
            case AT_LEAST -> TermExpression.ALL;
          };
    };
  }

  private static TermExpression severity(LogQuery.Field field) {
    LogFields.SeverityRange range = LogFields.severityRange(field);
    if (range.text() != null) {
      return TermExpression.ALL;
    }
    List<TermExpression> terms = new ArrayList<>();
    for (int number = range.from(); number <= range.to(); number++) {
      TermExpression term =
          new TermExpression.Term(
              TermSet.field(LogFields.SEVERITY, Severity.ofNumber(number).term()));
      if (!terms.contains(term)) {
        terms.add(term);
      }
    }
    return or(terms);
  }

  private static TermExpression and(List<TermExpression> operands) {
    List<TermExpression> narrow =
        operands.stream().filter(o -> !o.equals(TermExpression.ALL)).distinct().toList();
    return switch (narrow.size()) {
      case 0 -> TermExpression.ALL;
      case 1 -> narrow.getFirst();
      default -> new TermExpression.And(narrow);
    };
  }

  private static TermExpression or(List<TermExpression> operands) {
    if (operands.contains(TermExpression.ALL)) {
      return TermExpression.ALL;
    }
    List<String> terms = new ArrayList<>();
    List<TermExpression> others = new ArrayList<>();
    for (TermExpression operand : operands) {
      if (operand instanceof TermExpression.Term(String term)) {
        terms.add(term);
      } else {
        others.add(operand);
      }
    }
    if (!terms.isEmpty()) {
      others.addFirst(
          terms.size() == 1
              ? new TermExpression.Term(terms.getFirst())
              : new TermExpression.AnyTerm(terms));
    }
    return others.size() == 1 ? others.getFirst() : new TermExpression.Or(others);
  }
}
