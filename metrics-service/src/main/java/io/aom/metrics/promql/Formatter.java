package io.aom.metrics.promql;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Lays a query out for reading, as Prometheus does: what fits into a hundred bytes stays on one
 * line, anything longer is broken at its operands, indented by two blanks a level. Each part of the
 * query is looked at once, however deep it is.
 */
public final class Formatter {
  private static final int MOST_BYTES = 100;

  /** Bytes of each part on one line. */
  private final IdentityHashMap<Expr, Integer> lengths = new IdentityHashMap<>();

  private final StringBuilder out = new StringBuilder();

  private Formatter() {}

  /** The query in lines; it reads back as the same query. */
  public static String format(Expr expr) {
    Formatter formatter = new Formatter();
    formatter.measure(expr);
    formatter.write(expr, 0);
    return formatter.out.toString();
  }

  private int measure(Expr expr) {
    int length =
        switch (expr) {
          case Expr.Unary unary -> 1 + measure(unary.expr());
          case Expr.Paren paren -> 2 + measure(paren.expr());
          case Expr.Subquery subquery -> measure(subquery.expr()) + bytes(subquery.suffix());
          case Expr.Binary binary ->
              (binary.left() instanceof Expr.NumberLiteral
                      ? bytes(binary.leftText())
                      : measure(binary.left()))
                  + 2
                  + bytes(binary.operatorText())
                  + measure(binary.right());
          case Expr.Aggregate aggregate ->
              bytes(aggregate.headText()) + measureEnclosed(arguments(aggregate));
          case Expr.Call call -> bytes(call.function().text()) + measureEnclosed(call.arguments());
          default -> bytes(expr.toString());
        };
    lengths.put(expr, length);
    return length;
  }

  private int measureEnclosed(List<Expr> arguments) {
    int length = 2 + 2 * Math.max(0, arguments.size() - 1);
    for (Expr argument : arguments) {
      length += measure(argument);
    }
    return length;
  }

  private static int bytes(String text) {
    return text.getBytes(UTF_8).length;
  }

  private static List<Expr> arguments(Expr.Aggregate aggregate) {
    List<Expr> arguments = new ArrayList<>();
    if (aggregate.parameter() != null) {
      arguments.add(aggregate.parameter());
    }
    arguments.add(aggregate.expr());
    return arguments;
  }

  private boolean fits(Expr expr) {
    return lengths.getOrDefault(expr, 0) <= MOST_BYTES;
  }

  private void write(Expr expr, int level) {
    if (expr instanceof Expr.Unary unary) {
      indent(level).append(unary.negative() ? '-' : '+');
      int from = out.length();
      write(unary.expr(), level);
      int text = from;
      while (out.charAt(text) == ' ') {
        text++;
      }
      out.delete(from, text);
    } else if (expr instanceof Expr.Subquery subquery && !fits(expr)) {
      write(subquery.expr(), level);
      out.append(subquery.suffix());
    } else if (expr instanceof Expr.Subquery) {
      out.append(expr); // without its indent, as in Prometheus
    } else if (expr instanceof Expr.Binary binary && !fits(expr)) {
      if (binary.left() instanceof Expr.NumberLiteral) {
        indent(level + 1).append(binary.leftText());
      } else {
        write(binary.left(), level + 1);
      }
      out.append('\n');
      indent(level).append(binary.operatorText()).append('\n');
      write(binary.right(), level + 1);
    } else if (expr instanceof Expr.Aggregate aggregate && !fits(expr)) {
      indent(level).append(aggregate.headText());
      writeEnclosed(arguments(aggregate), level);
    } else if (expr instanceof Expr.Call call && !fits(expr)) {
      indent(level).append(call.function().text());
      writeEnclosed(call.arguments(), level);
    } else if (expr instanceof Expr.Paren paren && !fits(expr)) {
      indent(level);
      writeEnclosed(List.of(paren.expr()), level);
    } else {
      indent(level).append(expr);
    }
  }

  private void writeEnclosed(List<Expr> arguments, int level) {
    out.append("(\n");
    for (int i = 0; i < arguments.size(); i++) {
      out.append(i == 0 ? "" : ",\n");
      write(arguments.get(i), level + 1);
    }
    out.append('\n');
    indent(level).append(')');
  }

  private StringBuilder indent(int level) {
    return out.repeat("  ", level);
  }
}
