package io.aom.e2e;

import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/**
 * PromQL over {@link RandomSeries}, the same for the same seed: selectors, functions, aggregations,
 * operators, subqueries, offsets and {@code @}.
 *
 * <p>Prometheus 2.42 and 3 answer differently, and so nothing of this is asked, where
 *
 * <ul>
 *   <li>a range or the lookback begins at a sample: 2 takes it in, 3 does not. Queries are for half
 *       seconds, subqueries step by whole ones, samples lie at neither.
 *   <li>a counter's range begins with a gap and a value near 0: 2 extrapolates to 0, 3 at most half
 *       an interval. Counters with gaps never fall.
 *   <li>names are grouped by or matched on after a function: 3 drops a name when the query ends.
 *   <li>{@code predict_linear} is asked for a fixed time: 2 moves the range that {@code @} pins.
 *   <li>a function is of one version only ({@code holt_winters}, {@code mad_over_time} and such).
 *   <li>sums cancel out: 3 adds with Kahan's correction. The values add up exactly.
 *   <li>a negative number is raised to a power that is whole but for the last digits of a sum.
 *   <li>the date of an infinite quantile is asked for: 2 gives what the processor makes of it.
 *   <li>what is no number meets deviations and quantiles. Such values get simple questions.
 * </ul>
 */
final class RandomQueries {
  private static final List<String> GAUGES = List.of("temperature", "queue_length", "limit");
  private static final List<String> COUNTERS =
      List.of("requests_total", "bytes_total", "latency_seconds_count", "latency_seconds_bucket");
  private static final List<String> MATCHERS =
      List.of(
          "host=\"h1\"",
          "host!=\"h2\"",
          "host=~\"h[0-3]\"",
          "host!~\"h(1|4)\"",
          "room=\"r0\"",
          "room=~\"r0|r2\"",
          "code=~\"4..|5..\"",
          "job=\"web\"",
          "job=\"\"",
          "queue!=\"in\"",
          "nothing=\"\"");
  private static final List<String> ELEMENTWISE =
      List.of(
          "abs",
          "ceil",
          "floor",
          "exp",
          "ln",
          "log2",
          "log10",
          "sqrt",
          "sgn",
          "sin",
          "cos",
          "tan",
          "atan",
          "sinh",
          "deg",
          "rad",
          "round",
          "sort",
          "sort_desc",
          "timestamp",
          "minute",
          "hour",
          "day_of_week",
          "day_of_month",
          "days_in_month",
          "month",
          "year");
  private static final List<String> OVER_TIME =
      List.of(
          "avg_over_time",
          "min_over_time",
          "max_over_time",
          "sum_over_time",
          "count_over_time",
          "last_over_time",
          "present_over_time",
          "stddev_over_time",
          "stdvar_over_time",
          "changes",
          "resets",
          "delta",
          "idelta",
          "deriv");
  private static final List<String> OF_COUNTERS = List.of("rate", "increase", "irate");
  private static final List<String> SIMPLE =
      List.of("sum", "avg", "count", "min", "max", "group", "stddev", "stdvar");
  private static final List<String> GROUPS =
      List.of("", " by (host)", " by (room)", " by (job, code)", " without (host)", " by ()");
  private static final List<String> ARITHMETIC = List.of("+", "-", "*", "/", "%");
  private static final List<String> COMPARISONS = List.of("==", "!=", ">", "<", ">=", "<=");

  private static final Pattern DATE_OF_INFINITY =
      Pattern.compile(
          "(minute|hour|day_of_week|day_of_month|days_in_month|month|year)\\(.*quantile");

  private final SplittableRandom random;
  private final String fixedTime;
  private boolean inSubquery;

  /**
   * @param fixedMillis a time for {@code @}
   */
  RandomQueries(long seed, long fixedMillis) {
    this.random = new SplittableRandom(seed);
    this.fixedTime = "%d.%03d".formatted(fixedMillis / 1000, fixedMillis % 1000);
  }

  String next() {
    String query = random.nextInt(20) == 0 ? odd() : vector(3);
    return DATE_OF_INFINITY.matcher(query).find() ? next() : query;
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private String odd() {
    return switch (random.nextInt(7)) {
      case 0 -> "odd";
      case 1 -> "odd " + any(COMPARISONS) + " " + any(List.of("0", "1.5", "Inf", "NaN"));
      case 2 -> "odd " + any(COMPARISONS) + " bool 0";
      case 3 -> "count_over_time(odd[2m])";
      case 4 -> "changes(odd[3m])";
      case 5 -> any(List.of("max", "min", "sum", "count")) + "(odd)";
      default -> any(List.of("abs", "ceil", "sgn", "exp")) + "(odd)";
    };
  }

  private String vector(int depth) {
    if (depth == 0) {
      return selector(any(oneIn(2) ? GAUGES : COUNTERS));
    }
    return switch (random.nextInt(14)) {
      case 0 -> selector(any(GAUGES));
      case 1, 2 -> overTime();
      case 3 -> any(OF_COUNTERS) + "(" + matrix(any(COUNTERS)) + ")";
      case 4 -> elementwise(depth);
      case 5, 6 -> aggregation(depth);
      case 7 -> withScalar(depth);
      case 8 -> withVector(depth);
      case 9 -> sets(depth);
      case 10 -> quantile();
      case 11 -> relabelled(depth);
      case 12 -> subquery(depth);
      default -> wrapped(depth);
    };
  }

  private String selector(String metric) {
    return bare(metric) + shift();
  }

  private String bare(String metric) {
    if (oneIn(2)) {
      return metric;
    }
    return metric + "{" + any(MATCHERS) + (oneIn(3) ? "," + any(MATCHERS) : "") + "}";
  }

  private String shift() {
    String offset = oneIn(5) ? " offset " + any(List.of("15s", "1m", "3m", "-1m")) : "";
    String at = oneIn(10) ? " @ " + any(List.of("start()", "end()", fixedTime)) : "";
    return oneIn(2) ? offset + at : at + offset;
  }

  private String matrix(String metric) {
    return bare(metric) + "[" + any(List.of("40s", "1m", "2m", "5m")) + "]" + shift();
  }

  private String overTime() {
    if (oneIn(8)) {
      return "quantile_over_time("
          + any(List.of("0", "0.3", "0.9", "1"))
          + ", "
          + matrix(any(GAUGES))
          + ")";
    }
    if (oneIn(8)) {
      return "predict_linear(" + bare(any(GAUGES)) + "[5m], " + random.nextInt(600) + ")";
    }
    if (oneIn(12)) {
      return "absent_over_time(" + matrix(any(GAUGES)) + ")";
    }
    return any(OVER_TIME) + "(" + matrix(any(GAUGES)) + ")";
  }

  private String elementwise(int depth) {
    if (oneIn(10)) {
      return "(" + vector(depth - 1) + ") ^ " + any(List.of("2", "0.5", "-1"));
    }
    if (oneIn(4)) {
      return any(List.of("clamp_min", "clamp_max"))
          + "("
          + vector(depth - 1)
          + ", "
          + number()
          + ")";
    }
    if (oneIn(6)) {
      return "clamp(" + vector(depth - 1) + ", -20, " + number() + ")";
    }
    if (oneIn(6)) {
      return "round(" + vector(depth - 1) + ", 0.25)";
    }
    return any(ELEMENTWISE) + "(" + vector(depth - 1) + ")";
  }

  private String aggregation(int depth) {
    String group = any(GROUPS);
    return switch (random.nextInt(9)) {
      case 0 -> any(List.of("topk", "bottomk")) + group + "(2, " + selector(any(GAUGES)) + ")";
      case 1 ->
          "quantile"
              + group
              + "("
              + any(List.of("0.25", "0.5", "0.99"))
              + ", "
              + vector(depth - 1)
              + ")";
      case 2 -> "count_values" + group + "(\"code\", " + selector("build_info") + ")";
      default -> any(SIMPLE) + group + "(" + vector(depth - 1) + ")";
    };
  }

  private String scalar(int depth) {
    return switch (random.nextInt(6)) {
      case 0 -> "scalar(" + aggregationOfOne(depth) + ")";
      case 1 -> "pi()";
      case 2 -> "-" + number();
      case 3 -> "(" + number() + " " + any(ARITHMETIC) + " " + number() + ")";
      default -> number();
    };
  }

  private String aggregationOfOne(int depth) {
    return any(List.of("sum", "max", "count")) + "(" + vector(depth - 1) + ")";
  }

  private String number() {
    return any(List.of("0", "1", "2", "7.5", "10", "100", "1e3", "0x1F"));
  }

  private String withScalar(int depth) {
    String operator = oneIn(2) ? any(ARITHMETIC) : any(COMPARISONS) + (oneIn(2) ? " bool" : "");
    String vector = "(" + vector(depth - 1) + ")";
    return oneIn(3)
        ? scalar(depth) + " " + operator + " " + vector
        : vector + " " + operator + " " + scalar(depth);
  }

  private String withVector(int depth) {
    String operator = oneIn(2) ? any(ARITHMETIC) : any(COMPARISONS) + (oneIn(2) ? " bool" : "");
    return switch (random.nextInt(4)) {
      case 0 -> selector("temperature") + " " + operator + " ignoring (room) " + selector("limit");
      case 1 ->
          selector("queue_length")
              + " "
              + operator
              + " on (host) group_left () "
              + selector("limit");
      case 2 ->
          selector("build_info")
              + " * on (host) group_right (version) "
              + "rate("
              + matrix("requests_total")
              + ")";
      default ->
          "sum by (host) ("
              + vector(depth - 1)
              + ") "
              + operator
              + " avg by (host) ("
              + vector(depth - 1)
              + ")";
    };
  }

  private String sets(int depth) {
    String matching = any(List.of("", " on (host)", " ignoring (room)"));
    return "("
        + vector(depth - 1)
        + ") "
        + any(List.of("and", "or", "unless"))
        + matching
        + " ("
        + vector(depth - 1)
        + ")";
  }

  private String quantile() {
    String phi = any(List.of("0", "0.2", "0.5", "0.95", "1", "1.5"));
    String rate = any(OF_COUNTERS) + "(" + matrix("latency_seconds_bucket") + ")";
    return "histogram_quantile("
        + phi
        + ", "
        + (oneIn(2) ? "sum by (le) (" + rate + ")" : rate)
        + ")";
  }

  private String relabelled(int depth) {
    String vector = vector(depth - 1);
    return oneIn(2)
        ? "label_replace(" + vector + ", \"to\", \"$1-x\", \"host\", \"h(.*)\")"
        : "label_join(" + vector + ", \"to\", \"/\", \"host\", \"room\")";
  }

  /** None within another: it would begin at one of the times at which the outer one steps. */
  private String subquery(int depth) {
    if (inSubquery) {
      return selector(any(GAUGES));
    }
    inSubquery = true;
    String inner = oneIn(2) ? vector(depth - 1) : selector(any(GAUGES));
    inSubquery = false;
    String window = any(List.of("1m", "2m", "5m")) + ":" + any(List.of("15s", "30s", "1m"));
    return any(List.of("max", "min", "avg", "sum", "count", "stddev", "last"))
        + "_over_time(("
        + inner
        + ")["
        + window
        + "]"
        + shift()
        + ")";
  }

  private String wrapped(int depth) {
    return switch (random.nextInt(4)) {
      case 0 -> "-" + selector(any(GAUGES));
      case 1 -> "absent(" + selector(any(GAUGES)) + ")";
      case 2 -> "vector(" + scalar(depth) + ")";
      default -> "(" + vector(depth - 1) + ")";
    };
  }
}
