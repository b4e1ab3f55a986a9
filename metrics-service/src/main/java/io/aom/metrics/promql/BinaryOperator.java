package io.aom.metrics.promql;

import org.jspecify.annotations.Nullable;

/** Binary operators, with how strongly they bind. */
public enum BinaryOperator {
  OR("or", 1),
  AND("and", 2),
  UNLESS("unless", 2),
  EQUAL("==", 3),
  NOT_EQUAL("!=", 3),
  LESS("<", 3),
  LESS_OR_EQUAL("<=", 3),
  GREATER(">", 3),
  GREATER_OR_EQUAL(">=", 3),
  TRIM_UPPER("</", 3),
  TRIM_LOWER(">/", 3),
  ADD("+", 4),
  SUBTRACT("-", 4),
  MULTIPLY("*", 5),
  DIVIDE("/", 5),
  MODULO("%", 5),
  ATAN2("atan2", 5),
  POWER("^", 6);

  private final String text;
  private final int precedence;

  BinaryOperator(String text, int precedence) {
    this.text = text;
    this.precedence = precedence;
  }

  public String text() {
    return text;
  }

  int precedence() {
    return precedence;
  }

  boolean set() {
    return this == AND || this == OR || this == UNLESS;
  }

  /** Whether it cuts histograms. */
  boolean trims() {
    return this == TRIM_UPPER || this == TRIM_LOWER;
  }

  boolean comparison() {
    return switch (this) {
      case EQUAL, NOT_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> true;
      default -> false;
    };
  }

  /** Whether the result is another quantity, which the metric's name does not name. */
  boolean changesMeaning() {
    return switch (this) {
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO, ATAN2, POWER -> true;
      default -> false;
    };
  }

  double apply(double a, double b) {
    return switch (this) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MODULO -> a % b;
      case POWER -> Numbers.power(a, b);
      case ATAN2 -> Math.atan2(a, b);
      default -> throw new IllegalStateException(this + " gives no number");
    };
  }

  boolean compare(double a, double b) {
    return switch (this) {
      case EQUAL -> a == b;
      case NOT_EQUAL -> a != b;
      case LESS -> a < b;
      case LESS_OR_EQUAL -> a <= b;
      case GREATER -> a > b;
      case GREATER_OR_EQUAL -> a >= b;
      default -> throw new IllegalStateException(this + " compares nothing");
    };
  }

  static @Nullable BinaryOperator find(Token token) {
    for (BinaryOperator operator : values()) {
      if (token.is(operator.text) || token.isWord(operator.text)) {
        return operator;
      }
    }
    return null;
  }
}
