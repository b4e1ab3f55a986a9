package io.aom.metrics.promql;

import io.aom.metrics.promql.FloatHistogram.Hint;
import io.aom.metrics.series.Labels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs a script in the language of Prometheus's promqltest on the engine: {@code load}, {@code
 * eval}, {@code clear}; see https://github.com/prometheus/prometheus/tree/main/promql/promqltest.
 */
final class ScriptRunner {
  /** What became of one evaluation. */
  record Outcome(int line, String query, String problem) {
    boolean passed() {
      return problem.isEmpty();
    }
  }

  private static final Pattern EVAL =
      Pattern.compile(
          "eval(?<mode>_fail|_warn|_info|_ordered)?\\s+(?:instant\\s+at\\s+(?<at>\\S+)"
              + "|range\\s+from\\s+(?<from>\\S+)\\s+to\\s+(?<to>\\S+)\\s+step\\s+(?<step>\\S+))"
              + "\\s+(?<query>.*)",
          Pattern.DOTALL);
  private static final Pattern LOAD = Pattern.compile("load(_with_nhcb)?\\s+(\\S+)");
  private static final Pattern RANGE_VECTOR =
      Pattern.compile("expect range vector from (\\S+) to (\\S+) step (\\S+)");

  private final LoadedSeries series = new LoadedSeries();
  private final Engine engine = new Engine(EngineLimits.DEFAULT);

  List<Outcome> run(String script) {
    List<Outcome> outcomes = new ArrayList<>();
    for (PromqlScript.Command command : PromqlScript.commands(script)) {
      String head = command.head();
      if (head.equals("clear")) {
        series.clear();
        continue;
      }
      Matcher load = LOAD.matcher(head);
      if (load.matches()) {
        series.load(millis(load.group(2)), command.body(), load.group(1) != null);
        continue;
      }
      Matcher eval = EVAL.matcher(head);
      if (!eval.matches()) {
        throw new IllegalArgumentException("line " + command.line() + ": " + head);
      }
      String problem;
      try {
        problem = new Evaluated(eval, command.body()).problem();
      } catch (RuntimeException e) {
        problem = "runner or engine broke: " + e;
      }
      outcomes.add(new Outcome(command.line(), eval.group("query"), problem));
    }
    return outcomes;
  }

  private static long millis(String text) {
    return Math.round(ScriptValues.number(text) * 1000);
  }

  private final class Evaluated {
    private final String query;
    private final StepGrid grid;
    private final List<String> lines = new ArrayList<>();
    private boolean fails;
    private boolean ordered;
    private final List<String> failMessages = new ArrayList<>();
    private final List<String> expectations = new ArrayList<>();
    private Matcher rangeVector;
    private String text;

    Evaluated(Matcher eval, List<String> body) {
      query = eval.group("query");
      grid =
          eval.group("at") != null
              ? StepGrid.instant(millis(eval.group("at")))
              : grid(eval.group("from"), eval.group("to"), eval.group("step"));
      String mode = eval.group("mode") == null ? "" : eval.group("mode");
      fails = mode.equals("_fail");
      ordered = mode.equals("_ordered");
      if (mode.equals("_warn") || mode.equals("_info")) {
        expectations.add(mode.substring(1));
      }
      for (String line : body) {
        Matcher range = RANGE_VECTOR.matcher(line);
        if (range.matches()) {
          rangeVector = range;
        } else if (line.startsWith("expect string ")) {
          text = ((Expr.TextLiteral) Parser.parse(line.substring(14))).value();
        } else if (line.startsWith("expect fail")) {
          fails = true;
          failMessages.add(line.substring(11).strip());
        } else if (line.equals("expect ordered")) {
          ordered = true;
        } else if (line.startsWith("expect ")) {
          expectations.add(line.substring(7));
        } else if (line.startsWith("expected_fail_message ")) {
          failMessages.add("msg: " + line.substring(22));
        } else if (line.startsWith("expected_fail_regexp ")) {
          failMessages.add("regex: " + line.substring(21));
        } else {
          lines.add(line);
        }
      }
    }

    String problem() {
      QueryResult result;
      try {
        result = evaluate(grid);
      } catch (PromqlException e) {
        if (!fails) {
          return "failed: " + e.getMessage();
        }
        for (String expected : failMessages) {
          if (!says(e.getMessage(), expected)) {
            return "failed with <" + e.getMessage() + ">, wanted <" + expected + ">";
          }
        }
        return "";
      }
      if (fails) {
        return "did not fail";
      }
      String remark = remarks(result);
      if (!remark.isEmpty()) {
        return remark;
      }
      String difference = compare(result.value(), grid, ordered);
      if (!difference.isEmpty()
          || !grid.isInstant()
          || !(result.value() instanceof Value.Vector || result.value() instanceof Value.Scalar)) {
        return difference;
      }
      StepGrid oneStep = new StepGrid(grid.start(), grid.end(), 60_000);
      String ranged = compare(evaluate(oneStep).value(), oneStep, false);
      return ranged.isEmpty() || query.contains("step()") || query.startsWith("sort")
          ? ""
          : "as a range query: " + ranged;
    }

    private QueryResult evaluate(StepGrid at) {
      return engine.evaluate(query, Parser.parse(query), at, series, Patience.ENDLESS);
    }

    private String remarks(QueryResult result) {
      for (String expectation : expectations) {
        String kind = expectation.split("\\s", 2)[0];
        String detail = expectation.substring(kind.length()).strip();
        boolean negative = kind.startsWith("no_");
        List<String> said = kind.endsWith("warn") ? result.warnings() : result.infos();
        boolean found = said.stream().anyMatch(remark -> says(remark, detail));
        if (found == negative) {
          return "expected " + expectation + ", got " + said;
        }
      }
      return "";
    }

    private static boolean says(String message, String expected) {
      if (expected.isEmpty()) {
        return true;
      }
      if (expected.startsWith("msg:")) {
        return message.contains(expected.substring(4).strip());
      }
      return Pattern.compile(expected.replaceFirst("^regex:\\s*", "")).matcher(message).find();
    }

    private String compare(Value value, StepGrid at, boolean inOrder) {
      return switch (value) {
        case Value.Text(String got) -> got.equals(text) ? "" : "got " + got + ", wanted " + text;
        case Value.Scalar(double[] got) -> compareScalar(got);
        case Value.Vector(List<StepSeries> got) -> compareVector(got, at, inOrder);
        case Value.Matrix(List<Points> got) -> compareMatrix(got);
      };
    }

    private String compareScalar(double[] got) {
      String line = lines.isEmpty() ? "" : lines.get(0);
      if (line.startsWith("{}")) {
        line = line.substring(2);
      }
      List<ScriptValues.Item> items = ScriptValues.items(line);
      for (int i = 0; i < got.length; i++) {
        if (i >= items.size() || !close(items.get(i).value(), got[i])) {
          return "step " + i + ": got " + got[i] + ", wanted " + line;
        }
      }
      return "";
    }

    private String compareVector(List<StepSeries> got, StepGrid at, boolean inOrder) {
      Map<Labels, List<ScriptValues.Item>> wanted = new LinkedHashMap<>();
      for (String line : lines) {
        ScriptValues.Line parsed = ScriptValues.line(line);
        wanted.put(parsed.labels(), parsed.items());
      }
      Map<Labels, StepSeries> found = new HashMap<>();
      for (StepSeries one : got) {
        if (found.put(one.labels(), one) != null) {
          return "twice: " + one.labels();
        }
        if (!wanted.containsKey(one.labels())) {
          return "unexpected " + one.labels() + " " + shown(one, 0);
        }
      }
      for (Map.Entry<Labels, List<ScriptValues.Item>> line : wanted.entrySet()) {
        StepSeries one = found.get(line.getKey());
        if (one == null) {
          return "missing " + line.getKey();
        }
        for (int i = 0; i < at.count(); i++) {
          ScriptValues.Item item =
              i < line.getValue().size() ? line.getValue().get(i) : ScriptValues.Item.GAP;
          if (!same(item, one, i)) {
            return line.getKey() + " step " + i + ": got " + shown(one, i) + ", wanted " + item;
          }
        }
      }
      List<Labels> order = got.stream().map(StepSeries::labels).toList();
      return inOrder && !order.equals(List.copyOf(wanted.keySet())) ? "order: " + order : "";
    }

    private static String shown(StepSeries one, int step) {
      return one.isFloat(step) ? "" + one.value(step) : "" + one.histogram(step);
    }

    private static boolean same(ScriptValues.Item item, StepSeries one, int step) {
      if (item.gap()) {
        return !one.isPresent(step);
      }
      FloatHistogram histogram = one.histogram(step);
      return item.histogram() == null
          ? one.isFloat(step) && close(item.value(), one.value(step))
          : histogram != null && close(item, histogram);
    }

    private String compareMatrix(List<Points> got) {
      if (rangeVector == null) {
        return "a range vector";
      }
      long from = millis(rangeVector.group(1));
      long step = millis(rangeVector.group(3));
      Map<Labels, Points> found = new HashMap<>();
      got.forEach(points -> found.put(points.labels(), points));
      if (found.size() != lines.size()) {
        return "got " + found.keySet();
      }
      for (String line : lines) {
        ScriptValues.Line parsed = ScriptValues.line(line);
        Points points = found.get(parsed.labels());
        if (points == null) {
          return "missing " + parsed.labels();
        }
        int f = 0;
        int h = 0;
        for (int i = 0; i < parsed.items().size(); i++) {
          ScriptValues.Item item = parsed.items().get(i);
          long time = from + i * step;
          if (item.gap()) {
            continue;
          }
          boolean right =
              item.histogram() == null
                  ? f < points.floatCount()
                      && points.floatTime(f) == time
                      && close(item.value(), points.floatValue(f++))
                  : h < points.histogramCount()
                      && points.histogramTime(h) == time
                      && close(item, points.histogram(h++));
          if (!right) {
            return parsed.labels() + " at " + time + ": wanted " + item;
          }
        }
        if (f != points.floatCount() || h != points.histogramCount()) {
          return parsed.labels() + " has more samples";
        }
      }
      return "";
    }
  }

  private static StepGrid grid(String from, String to, String step) {
    return new StepGrid(millis(from), millis(to), millis(step));
  }

  private static boolean close(double wanted, double got) {
    if (Double.isNaN(wanted) || Double.isNaN(got)) {
      return Double.isNaN(wanted) && Double.isNaN(got);
    }
    if (wanted == got) {
      return true;
    }
    double difference = Math.abs(wanted - got);
    double size = Math.abs(wanted) + Math.abs(got);
    return wanted == 0 || got == 0 || size < Double.MIN_NORMAL
        ? difference < 1e-6 * 1e-6 || difference < 1e-6 * Double.MIN_NORMAL
        : difference / Math.min(size, Double.MAX_VALUE) < 1e-6;
  }

  private static boolean close(ScriptValues.Item wanted, FloatHistogram got) {
    FloatHistogram histogram = wanted.histogram();
    boolean numbers =
        histogram.schema == got.schema
            && close(histogram.count, got.count)
            && close(histogram.sum, got.sum)
            && close(histogram.zeroCount, got.zeroCount)
            && close(histogram.zeroThreshold, got.zeroThreshold)
            && histogram.sameBounds(got);
    boolean hint =
        !wanted.hinted() || histogram.hint() == got.hint() || histogram.hint() == Hint.UNKNOWN;
    return numbers
        && hint
        && close(histogram.positive, got.positive)
        && close(histogram.negative, got.negative);
  }

  private static boolean close(Buckets wanted, Buckets got) {
    if (wanted.size() != got.size()) {
      return false;
    }
    for (int i = 0; i < wanted.size(); i++) {
      if (wanted.index(i) != got.index(i) || !close(wanted.count(i), got.count(i))) {
        return false;
      }
    }
    return true;
  }

  static String describe(Outcome outcome) {
    return String.format(
        Locale.ROOT, "%d: %s%n    %s", outcome.line(), outcome.query(), outcome.problem());
  }
}
