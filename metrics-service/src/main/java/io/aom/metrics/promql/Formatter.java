package io.aom.metrics.promql;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Lays a query out for reading, as Prometheus does: what fits into a hundred bytes stays on one
 * line, anything longer is broken at its operands, indented by two blanks a level. Each part of the
 * query is looked at once, however deep it is.
 */
public final class Formatter {
  private static final int MOST_BYTES = 100;
  private static final int MOST_CHARACTERS = 1 << 22;

  /** Bytes of each part on one line. */
  private final IdentityHashMap<Expr, Integer> lengths = new IdentityHashMap<>();

  private final StringBuilder out = new StringBuilder();

  private Formatter() {}

  /**
   * The query in lines; it reads back as the same query.
   *
   * @throws PromqlException of kind {@link PromqlException.Kind#PARSE} if its indents make it too
   *     long
   */
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
          case Expr.Binary binary -> measureChain(binary);
          case Expr.Aggregate aggregate ->
              bytes(aggregate.headText()) + measureEnclosed(arguments(aggregate));
          case Expr.Call call -> bytes(call.function().text()) + measureEnclosed(call.arguments());
          default -> bytes(expr.toString());
        };
    lengths.put(expr, length);
    return length;
  }

  private int measureChain(Expr.Binary last) {
    Deque<Expr.Binary> chain = Expr.chain(last);
    Expr.Binary first = chain.element();
    int length =
        first.left() instanceof Expr.NumberLiteral
            ? bytes(first.leftText())
            : measure(first.left());
    for (Expr.Binary one : chain) {
      length += 2 + bytes(one.operatorText()) + measure(one.right());
      lengths.put(one, length);
    }
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
      writeChain(binary, level);
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

  private void writeChain(Expr.Binary last, int level) {
    Deque<Expr.Binary> chain = Expr.chain(last);
    chain.removeIf(this::fits); // the left side of the first that is left is written whole
    int at = level + chain.size();
    Expr first = chain.element().left();
    if (first instanceof Expr.NumberLiteral) {
      indent(at).append(chain.element().leftText());
    } else {
      write(first, at);
    }
    for (Expr.Binary one : chain) {
      at--;
      out.append('\n');
      indent(at).append(one.operatorText()).append('\n');
      write(one.right(), at + 1);
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

  /** Indents grow with the square of a chain's length. */
  private StringBuilder indent(int level) {
    if (out.length() > MOST_CHARACTERS) {
      throw new PromqlException(
          PromqlException.Kind.PARSE,
          "formatted query is too long (expected: at most " + MOST_CHARACTERS + " characters)");
    }
    return out.repeat("  ", level);
  }
}
