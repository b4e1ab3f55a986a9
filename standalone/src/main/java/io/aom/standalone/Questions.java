package io.aom.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the panels of a dashboard ask of the series that {@link AgentLoad} sends: rates by a label,
 * the greatest, quantiles, one metric against another, all series, and their state now.
 */
final class Questions {
  private static final int STEP_SECONDS = 15;

  private Questions() {}

  /** Paths of GET requests, with their queries, about all that was sent from then until now. */
  static List<String> over(Duration past, long nowMillis) {
    long now = nowMillis / 1_000;
    String range =
        "/prometheus/api/v1/query_range?start=%d&end=%d&step=%d&query="
            .formatted(now - past.toSeconds(), now, STEP_SECONDS);
    String instant = "/prometheus/api/v1/query?time=" + now + "&query=";
    return IntStream.range(0, AgentLoad.METRICS)
        .boxed()
        .flatMap(
            i -> {
              String one = "training_one_" + i + "_total";
              String two = "training_two_" + i + "_total";
              return Stream.of(
                  range + encoded("sum by (namespace) (rate(" + one + "[5m]))"),
                  range + encoded("topk(10, " + one + ")"),
                  range + encoded(one + " / on (agent, pod) " + two),
                  range + encoded(two),
                  range
                      + encoded(
                          "histogram_quantile(0.9, " + rates("training_load_2_seconds") + ")"),
                  instant + encoded("count(" + one + ")"));
            })
        .toList();
  }

  private static String rates(String histogram) {
    return "sum by (le) (rate(" + histogram + "_bucket[5m]))";
  }

  private static String encoded(String query) {
    return URLEncoder.encode(query, UTF_8);
  }
}
