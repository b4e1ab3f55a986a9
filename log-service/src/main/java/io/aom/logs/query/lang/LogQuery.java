package io.aom.logs.query.lang;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What rows are looked for. {@code toString} prints a query that parses to an equal one; it quotes
 * everything, so it is longer than what people write.
 */
public sealed interface LogQuery {
  LogQuery EVERYTHING = new Everything();

  /** Every row. Prints as nothing. */
  record Everything() implements LogQuery {
    @Override
    public String toString() {
      return "";
    }
  }

  /**
   * Rows whose body, or an attribute's value, holds the tokens of {@code text} side by side.
   *
   * @param prefix whether the last token only has to begin so
   */
  record Words(String text, boolean prefix) implements LogQuery {
    @Override
    public String toString() {
      return quote(text) + (prefix ? "*" : "");
    }
  }

  /** How a field's value is compared. */
  enum Match {
    /** The whole value; case does not matter. */
    EQUALS("", ""),
    /** The whole value, case and all. */
    EXACTLY("=", ""),
    /** The beginning of the value; case does not matter. */
    PREFIX("", "*"),
    /** Any value. */
    EXISTS("*", ""),
    /** This severity or a higher one. */
    AT_LEAST(">=", "");

    private final String before;
    private final String after;

    Match(String before, String after) {
      this.before = before;
      this.after = after;
    }
  }

  /**
   * Rows with such a value of a field: one of the record's own ({@code severity}, {@code body},
   * {@code trace_id}, {@code span_id}), or an attribute of the record, its scope or its resource.
   *
   * @param value empty for {@link Match#EXISTS}
   */
  record Field(String key, Match match, String value) implements LogQuery {
    @Override
    public String toString() {
      String shown = match == Match.EXISTS ? "" : quote(value);
      return quote(key) + ":" + match.before + shown + match.after;
    }
  }

  /** Rows that satisfy all operands, of which there are two or more. */
  record And(List<LogQuery> operands) implements LogQuery {
    public And {
      operands = atLeastTwo(operands);
    }

    @Override
    public String toString() {
      return joined(operands, " AND ");
    }
  }

  /** Rows that satisfy one of the operands, of which there are two or more. */
  record Or(List<LogQuery> operands) implements LogQuery {
    public Or {
      operands = atLeastTwo(operands);
    }

    @Override
    public String toString() {
      return joined(operands, " OR ");
    }
  }

  /** Rows that do not satisfy the operand. */
  record Not(LogQuery operand) implements LogQuery {
    @Override
    public String toString() {
      return "NOT " + operand;
    }
  }

  /**
   * All of the operands, which may be none or one; {@link #EVERYTHING} among them does not count.
   */
  static LogQuery allOf(List<LogQuery> operands) {
    List<LogQuery> needed = operands.stream().filter(q -> !q.equals(EVERYTHING)).toList();
    return switch (needed.size()) {
      case 0 -> EVERYTHING;
      case 1 -> needed.getFirst();
      default -> new And(needed);
    };
  }

  private static List<LogQuery> atLeastTwo(List<LogQuery> operands) {
    if (operands.size() < 2) {
      throw new IllegalArgumentException(
          "operands: " + operands.size() + " (expected: at least 2)");
    }
    return List.copyOf(operands);
  }

  private static String joined(List<LogQuery> operands, String separator) {
    return operands.stream()
        .map(LogQuery::toString)
        .collect(Collectors.joining(separator, "(", ")"));
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
