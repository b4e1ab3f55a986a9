package io.aom.metrics.promql;

import java.util.List;

/**
 * Lays a query out for reading, as Prometheus does: what fits into a hundred characters stays on
 * one line, anything longer is broken at its operands, indented by two blanks a level.
 */
public final class Formatter {
  private static final int MOST_CHARACTERS = 100;

  private Formatter() {}

  /** The query in lines; it reads back as the same query. */
  public static String format(Expr expr) {
    return format(expr, 0);
  }

  private static String format(Expr expr, int level) {
    String line = expr.toString();
    String indent = "  ".repeat(level);
    if (expr instanceof Expr.Unary unary) {
      return indent + (unary.negative() ? "-" : "+") + format(unary.expr(), level).strip();
    }
    if (line.length() <= MOST_CHARACTERS) {
      return indent + line;
    }
    return switch (expr) {
      case Expr.Aggregate aggregate -> {
        Expr parameter = aggregate.parameter();
        List<Expr> arguments =
            parameter == null ? List.of(aggregate.expr()) : List.of(parameter, aggregate.expr());
        yield indent + aggregate.headText() + enclosed(arguments, level);
      }
      case Expr.Call call -> indent + call.function().text() + enclosed(call.arguments(), level);
      case Expr.Paren paren -> indent + enclosed(List.of(paren.expr()), level);
      case Expr.Binary binary ->
          (binary.left() instanceof Expr.NumberLiteral
                  ? "  ".repeat(level + 1) + binary.leftText()
                  : format(binary.left(), level + 1))
              + "\n"
              + indent
              + binary.operatorText()
              + "\n"
              + format(binary.right(), level + 1);
      case Expr.Subquery subquery -> format(subquery.expr(), level) + subquery.suffix();
      default -> indent + line;
    };
  }

  private static String enclosed(List<Expr> arguments, int level) {
    return "(\n"
        + String.join(",\n", arguments.stream().map(each -> format(each, level + 1)).toList())
        + "\n"
        + "  ".repeat(level)
        + ")";
  }
}
