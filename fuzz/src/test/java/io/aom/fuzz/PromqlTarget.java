package io.aom.fuzz;

import io.aom.metrics.promql.Expr;
import io.aom.metrics.promql.Formatter;
import io.aom.metrics.promql.Parser;
import io.aom.metrics.promql.PromqlException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Any text is refused with its place, or reads back the same from either way to print it. */
final class PromqlTarget implements Target {
  private static final Pattern REFUSED = Pattern.compile("(?s)\\d+:\\d+: parse error: .+");

  @Override
  public List<byte[]> seeds() {
    return Stream.of(
            "sum by (job, \"a.b\") (rate(up{job=~\"a.*\",x!=''}[5m] offset 1h30m)) / 2",
            "a * on (x) group_left (y) b or ignoring (z) c unless d > bool 2",
            "max_over_time((a + b)[1h:5m] offset -1d) @ start()",
            "{\"my.metric\", \"x.y\"=~\"z|\\u00e4\"} and topk without (x) (3, up offset 5m)",
            "-Inf ^ 2 ^ -0x1F % NaN + fill_left (0) fill_right (1e3) b",
            "label_replace(up, \"a\", \"$1\", `b`, \"(.*)\\\\.x\") # remark",
            "increase(up[5m] smoothed) + rate(up[step() * 2] anchored) @ 1609746000.123",
            "quantile(0.9, a) by (b) atan2 info(up, {k8s_pod!~\"x\"})",
            "histogram_quantile(.9, sum(rate(h_bucket[5m] @ end())) by (le)) == bool 1_000",
            "up[5m / 2 + min(1m, step()):-range()] offset (1h - 5m)")
        .map(query -> query.getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  @Override
  public void check(byte[] input) {
    String query = new String(input, StandardCharsets.UTF_8);
    Expr expr;
    try {
      expr = Parser.parse(query);
    } catch (PromqlException e) {
      if (e.kind() != PromqlException.Kind.PARSE || !REFUSED.matcher(e.getMessage()).matches()) {
        throw new AssertionError("refused without a place: " + e.getMessage(), e);
      }
      return;
    }
    same(expr.toString(), Parser.parse(expr.toString()).toString());
    same(expr.toString(), Parser.parse(Formatter.format(expr)).toString());
  }

  private static void same(String first, String second) {
    if (!first.equals(second)) {
      throw new AssertionError("read: " + first + ", read back: " + second);
    }
  }
}
