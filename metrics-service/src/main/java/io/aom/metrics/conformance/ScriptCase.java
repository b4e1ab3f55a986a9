package io.aom.metrics.conformance;

import io.aom.metrics.promql.Engine;
import io.aom.metrics.promql.Expr;
import io.aom.metrics.promql.Parser;
import io.aom.metrics.promql.Patience;
import io.aom.metrics.promql.PromqlException;
import io.aom.metrics.promql.QueryResult;
import io.aom.metrics.promql.SeriesSource;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.promql.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One evaluation of a script and what it expects. An instant one must also hold in the middle of a
 * range, and, with its selectors pinned by {@code @}, at other times.
 */
final class ScriptCase {
  static final Pattern EVAL =
      Pattern.compile(
          "eval(?<mode>_fail|_warn|_info|_ordered)?\\s+(?:instant\\s+at\\s+(?<at>\\S+)"
              + "|range\\s+from\\s+(?<from>\\S+)\\s+to\\s+(?<to>\\S+)\\s+step\\s+(?<step>\\S+))"
              + "\\s+(?<query>.*)");
  private static final Pattern EXPECT =
      Pattern.compile(
          "expect\\s+(?<what>ordered|fail|warn|no_warn|info|no_info)"
              + "(?:\\s+(?<how>regex|msg):(?<text>.+))?");
  private static final Pattern RANGE_VECTOR =
      Pattern.compile("expect range vector\\s+from\\s+(\\S+)\\s+to\\s+(\\S+)\\s+step\\s+(\\S+)");
  private static final Pattern OF_QUERY = Pattern.compile("(start|end|range|step)\\(\\)");
  private static final long MINUTE = 60_000;

  private final Engine engine;
  private final SeriesSource series;
  private final String query;
  private final StepGrid grid;
  private final Expectation.Shape shape;
  private final List<Message> failures = new ArrayList<>();
  private final List<Message> warnings = new ArrayList<>();
  private final List<Message> infos = new ArrayList<>();
  private boolean noWarnings;
  private boolean noInfos;
  private boolean ordered;
  private boolean instantOnly;

  ScriptCase(Script.Command command, Engine engine, SeriesSource series) {
    this.engine = engine;
    this.series = series;
    Matcher eval = EVAL.matcher(command.head());
    if (!eval.matches()) {
      throw new IllegalArgumentException("command: " + command.head());
    }
    query = eval.group("query");
    grid =
        eval.group("at") != null
            ? StepGrid.instant(millis(eval.group("at")))
            : new StepGrid(
                millis(eval.group("from")), millis(eval.group("to")), millis(eval.group("step")));
    String mode = eval.group("mode") == null ? "" : eval.group("mode");
    switch (mode) {
      case "_fail" -> failures.add(Message.ANY);
      case "_warn" -> warnings.add(Message.ANY);
      case "_info" -> infos.add(Message.ANY);
      default -> ordered = mode.equals("_ordered");
    }
    StepGrid times = grid;
    String text = null;
    List<String> lines = new ArrayList<>();
    for (String line : command.body()) {
      Matcher range = RANGE_VECTOR.matcher(line);
      if (range.matches()) {
        times =
            new StepGrid(millis(range.group(1)), millis(range.group(2)), millis(range.group(3)));
        instantOnly = true;
      } else if (line.startsWith("expect string ")) {
        text = ((Expr.TextLiteral) Parser.parse(line.substring(14))).value();
        instantOnly = true;
      } else if (!expects(line)) {
        lines.add(line);
      }
    }
    shape = new Expectation.Shape(times, text, lines);
  }

  static long millis(String text) {
    return Math.round(SeriesDescription.number(text) * 1000);
  }

  /** Whether the line says what is expected besides values. */
  private boolean expects(String line) {
    if (line.startsWith("expected_fail_message ")) {
      failures.set(0, Message.of(line.substring(22).strip()));
      return true;
    }
    if (line.startsWith("expected_fail_regexp ")) {
      failures.set(0, Message.matching(line.substring(21).strip()));
      return true;
    }
    if (!line.startsWith("expect ")) {
      return false;
    }
    Matcher expect = EXPECT.matcher(line);
    if (!expect.matches()) {
      throw new IllegalArgumentException("expectation: " + line);
    }
    String how = expect.group("how");
    Message message =
        how == null
            ? Message.ANY
            : how.equals("msg")
                ? Message.of(expect.group("text").strip())
                : Message.matching(expect.group("text").strip());
    switch (expect.group("what")) {
      case "fail" -> failures.add(message);
      case "warn" -> warnings.add(message);
      case "info" -> infos.add(message);
      case "no_warn" -> noWarnings = true;
      case "no_info" -> noInfos = true;
      default -> ordered = true;
    }
    return true;
  }

  /** What is wrong; empty if nothing is. */
  String problem() {
    Expr expr;
    try {
      expr = Parser.parse(query);
    } catch (PromqlException e) {
      return failed(e);
    }
    String problem = problem(expr, grid);
    if (!problem.isEmpty() || !grid.isInstant()) {
      return problem;
    }
    long time = grid.start();
    long[] others =
        time == 0
            ? new long[] {-1000, 0, 1000}
            : new long[] {-10 * time, 0, time / 5, time, 10 * time};
    for (long other : others) {
      Expr pinned = Pinned.pin(expr, time);
      if (pinned == null) {
        return "";
      }
      String moved = problem(pinned, StepGrid.instant(other));
      if (!moved.isEmpty()) {
        return "pinned by @ and evaluated at " + other + " ms: " + moved;
      }
    }
    return "";
  }

  private String problem(Expr expr, StepGrid at) {
    QueryResult result;
    try {
      result = engine.evaluate(query, expr, at, series, Patience.ENDLESS);
    } catch (PromqlException e) {
      return failed(e);
    }
    if (!failures.isEmpty()) {
      return "got a result, wanted a failure: " + failures;
    }
    String remark = remarks("warning", result.warnings(), warnings, noWarnings);
    if (remark.isEmpty()) {
      remark = remarks("info", result.infos(), infos, noInfos);
    }
    if (!remark.isEmpty()) {
      return remark;
    }
    String difference = new Expectation(shape, at.isInstant(), ordered).difference(result.value());
    if (!difference.isEmpty() || !at.isInstant() || instantOnly || ordered) {
      return difference;
    }
    return OF_QUERY.matcher(query).find() ? "" : inTheMiddle(expr, at.start());
  }

  private String inTheMiddle(Expr expr, long time) {
    StepGrid around = new StepGrid(time - MINUTE, time + MINUTE, MINUTE);
    Value value;
    try {
      value = engine.evaluate(query, expr, around, series, Patience.ENDLESS).value();
    } catch (PromqlException e) {
      return "in the middle of a range: got " + e.getMessage();
    }
    String difference = new Expectation(shape, true, false).differenceAt(value, 1);
    return difference.isEmpty() ? "" : "in the middle of a range: " + difference;
  }

  private String failed(PromqlException e) {
    String message = String.valueOf(e.getMessage());
    if (failures.isEmpty()) {
      return "got failure <" + message + ">, wanted a result";
    }
    return failures.get(0).is(message)
        ? ""
        : "got failure <" + message + ">, wanted <" + failures.get(0) + ">";
  }

  private static String remarks(
      String kind, List<String> said, List<Message> wanted, boolean none) {
    if (none && !said.isEmpty()) {
      return "got " + kind + " " + said + ", wanted none";
    }
    if (wanted.isEmpty()) {
      return "";
    }
    for (Message message : wanted) {
      if (said.stream().noneMatch(message::is)) {
        return "got " + kind + " " + said + ", wanted <" + message + ">";
      }
    }
    for (String remark : said) {
      if (wanted.stream().noneMatch(message -> message.is(remark))) {
        return "got " + kind + " <" + remark + ">, wanted only " + wanted;
      }
    }
    return "";
  }
}
