package io.aom.bench.loss;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Counts by query what a run pushed, compares it and the ledger with what was acknowledged, and
 * says which requests are missing or doubled. Everything is asked with {@code consistency=strong}.
 */
final class Checker {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int NAMED = 10;
  private static final JsonMapper JSON = new JsonMapper();

  private final Aom aom;
  private final String key;
  private final PrintStream out;
  private final List<String> faults = new ArrayList<>();

  /**
   * @param key of a viewer of the run's tenant
   */
  Checker(Aom aom, String key, PrintStream out) {
    this.aom = aom;
    this.key = key;
    this.out = out;
  }

  /** What is wrong; empty if all agrees. */
  List<String> faults() {
    return List.copyOf(faults);
  }

  private void expect(String what, long expected, long found) {
    out.printf("  %-44s acknowledged %,14d   found %,14d%n", what, expected, found);
    if (expected != found) {
      faults.add("%s: %d (expected: %d)".formatted(what, found, expected));
    }
  }

  void samples(SampleRequests sent) throws IOException, InterruptedException {
    long expectedSum = 0;
    for (int step = 0; step < sent.steps(); step++) {
      expectedSum += SampleRequests.value(step);
    }
    long count = 0;
    long sum = 0;
    for (int metric = 0; metric < SampleRequests.METRICS; metric++) {
      String selector = range(sent, metric);
      count += instant("sum(count_over_time(" + selector + "))", sent);
      sum += instant("sum(sum_over_time(" + selector + "))", sent);
    }
    int series = SampleRequests.PER_REQUEST * SampleRequests.GROUPS;
    expect("samples, counted by PromQL", sent.items(), count);
    expect("sum of their values", expectedSum * series, sum);
    if (count != sent.items()) {
      nameSteps(sent);
    }
  }

  private void nameSteps(SampleRequests sent) throws IOException, InterruptedException {
    int named = 0;
    for (int step = 0; step < sent.steps() && named < NAMED; step++) {
      long time = sent.startMillis() + step * SampleRequests.STEP_MILLIS;
      String window = "[" + SampleRequests.STEP_MILLIS + "ms]";
      long count = query("sum(count_over_time({run=\"" + sent.run() + "\"}" + window + "))", time);
      if (count != SampleRequests.PER_REQUEST * SampleRequests.GROUPS) {
        named++;
        faults.add("step " + step + " at " + time + ": " + count + " samples");
      }
    }
  }

  private static String range(SampleRequests sent, int metric) {
    long length = sent.endMillis() - sent.startMillis() + SampleRequests.STEP_MILLIS;
    return SampleRequests.metric(metric) + "{run=\"" + sent.run() + "\"}[" + length + "ms]";
  }

  private long instant(String promql, SampleRequests sent)
      throws IOException, InterruptedException {
    return query(promql, sent.endMillis());
  }

  private long query(String promql, long timeMillis) throws IOException, InterruptedException {
    String path =
        "/prometheus/api/v1/query?consistency=strong&time="
            + timeMillis / 1000.0
            + "&query="
            + URLEncoder.encode(promql, StandardCharsets.UTF_8);
    JsonNode answer = aom.ask(key, path, "", PATIENCE);
    if (!answer.path("warnings").isMissingNode()) {
      faults.add(promql + ": " + answer.path("warnings"));
    }
    JsonNode result = answer.path("data").path("result");
    return result.isEmpty() ? 0 : whole(result.path(0).path("value").path(1).asString());
  }

  private static long whole(String value) throws IOException {
    double number = Double.parseDouble(value);
    if (number != (long) number) {
      throw new IOException("value: " + value + " (expected: a whole number)");
    }
    return (long) number;
  }

  void logs(LogRequests sent) throws IOException, InterruptedException {
    long found = countLogs(sent, sent.run());
    expect("log records, counted by a word", sent.items(), found);
    if (found == sent.items()) {
      return;
    }
    int named = 0;
    for (int number = 0; number < sent.size() && named < NAMED; number++) {
      long count = countLogs(sent, sent.word(number));
      if (count != sent.itemsPerRequest()) {
        named++;
        faults.add("logs request " + number + ": " + count + " records");
      }
    }
  }

  private long countLogs(LogRequests sent, String word) throws IOException, InterruptedException {
    String body =
        JSON.writeValueAsString(
            Map.of(
                "start",
                sent.endMillis() - LogRequests.SPAN_MILLIS,
                "end",
                sent.endMillis() + 1,
                "query",
                word,
                "limit",
                1,
                "consistency",
                "strong"));
    JsonNode answer = aom.ask(key, "/api/v1/logs/search", body, PATIENCE);
    JsonNode total = answer.path("total");
    if (!total.path("exact").asBoolean(false) || answer.path("partial").asBoolean(false)) {
      faults.add("logs with " + word + ": the total is not exact: " + total);
    }
    return total.path("value").asLong();
  }

  void spans(SpanRequests sent) throws IOException, InterruptedException {
    long found = countSpans(sent.startMillis(), sent.endMillis());
    expect("spans, counted by time", sent.items(), found);
    int named = 0;
    for (int number = 0; found != sent.items() && number < sent.size() && named < NAMED; number++) {
      long slot = sent.slotMillis(number);
      long count = countSpans(slot, slot + SpanRequests.SLOT_MILLIS);
      if (count != sent.itemsPerRequest()) {
        named++;
        faults.add("spans request " + number + ": " + count + " spans");
      }
    }
  }

  private long countSpans(long startMillis, long endMillis)
      throws IOException, InterruptedException {
    JsonNode answer =
        aom.ask(
            key,
            "/api/v1/spans/count?consistency=strong&start=" + startMillis + "&end=" + endMillis,
            "",
            PATIENCE);
    if (!answer.path("exact").asBoolean(false)) {
      faults.add("spans from " + startMillis + " to " + endMillis + ": the count is not exact");
    }
    return answer.path("value").asLong();
  }

  /**
   * Compares the ledger of the run's tenant.
   *
   * @param fromMillis when the run began
   */
  void ledger(long fromMillis, Map<String, Long> acknowledged)
      throws IOException, InterruptedException {
    // Of those received until now; the query before has waited until the services had read them.
    long toMillis = System.currentTimeMillis() + 1;
    String path = "/api/v1/ledger?from=" + fromMillis + "&to=" + toMillis;
    JsonNode ledger = aom.ask(key, path, "", PATIENCE);
    if (ledger.path("partial").asBoolean(false)) {
      faults.add("the ledger is partial: " + ledger);
    }
    for (Map.Entry<String, Long> signal : acknowledged.entrySet()) {
      long accepted = 0;
      long kept = 0;
      long duplicate = 0;
      long lost = 0;
      for (JsonNode row : ledger.path("rows")) {
        if (row.path("signal").asString().equals(signal.getKey())) {
          accepted += row.path("accepted").asLong();
          kept += row.path("stored").asLong() + row.path("inHead").asLong();
          duplicate += row.path("duplicate").asLong();
          lost += row.path("deadLettered").asLong();
          for (JsonNode refused : row.path("refused")) {
            lost += refused.asLong();
          }
        }
      }
      String name = "ledger of " + signal.getKey();
      expect(name + ": stored and in heads", signal.getValue(), kept);
      expect(
          name + ": accepted but for " + duplicate + " duplicates",
          signal.getValue(),
          accepted - duplicate);
      if (lost > 0) {
        faults.add(name + ": " + lost + " dead-lettered or refused");
      }
    }
  }
}
