package io.aom.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/** A person's path through the console in a real browser; the steps are in console/path.mjs. */
@ExtendWith(SharedAom.class)
class ConsoleIT {
  private static final Path FOLDER = Aom.HOME.resolve("e2e").resolve("console");
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

  @Test
  void aPersonFindsTheirWay(Aom aom) throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(CHROMIUM), "chromium is not installed; the console is not looked at");
    Command.require("npm", "the console");
    if (!Files.isDirectory(FOLDER.resolve("node_modules"))) {
      Command.of("npm", "ci", "--no-audit", "--no-fund").in(FOLDER).run().succeeded();
    }
    String run = UUID.randomUUID().toString().substring(0, 8);
    String traceId = UUID.randomUUID().toString().replace("-", "");
    Api api = aom.api();
    api.post("/v1/traces", spans(run, traceId));
    api.post("/v1/logs", logOfTrace(run, traceId));
    // Old enough for the last step of the graph.
    api.sendGauge("front-" + run, "console.level", 9, System.currentTimeMillis() - 60_000);

    try (Receiver receiver = Receiver.start(aom.webhookPort())) {
      Command.Result path =
          Command.of("node", "path.mjs")
              .in(FOLDER)
              .with("AOM_URL", api.url())
              .with("AOM_KEY", aom.adminKey())
              .with("RUN", run)
              .with("TRACE_ID", traceId)
              .with("WEBHOOK", receiver.url())
              .with("CHROMIUM", CHROMIUM.toString())
              .with("PICTURES", Aom.HOME.resolve("e2e/target/pictures").toString())
              .within(Duration.ofMinutes(6))
              .run();

      assertThat(path.exit()).as(path.out() + path.err()).isZero();
      String rule = "Level " + run;
      Await.until("the receiver is told", () -> !receiver.callsOf(rule).isEmpty());
      JsonNode told = receiver.callsOf(rule).getFirst();
      assertThat(told.get("status").asString()).isEqualTo("firing");
    }
    for (JsonNode rule : api.get("/api/v1/alarm-rules", Map.of()).get("rules")) {
      if (rule.get("name").asString().endsWith(run)) {
        api.delete("/api/v1/alarm-rules/" + rule.get("id").asString());
      }
    }
  }

  private static String logOfTrace(String run, String traceId) {
    return Api.logRecord("front-" + run, "kettle " + run + " boils", System.currentTimeMillis())
        .replace("\"severityNumber\"", "\"traceId\":\"" + traceId + "\",\"severityNumber\"");
  }

  /** A request to the front, its call, and the same as the back sees it. */
  private static String spans(String run, String traceId) {
    long end = System.currentTimeMillis() - 1000;
    return """
    {"resourceSpans":[
      {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"front-%1$s"}}]},
       "scopeSpans":[{"spans":[
        {"traceId":"%2$s","spanId":"00000000000000a1","name":"GET /tea","kind":2,
         "startTimeUnixNano":"%3$d000000","endTimeUnixNano":"%4$d000000"},
        {"traceId":"%2$s","spanId":"00000000000000a2","parentSpanId":"00000000000000a1",
         "name":"POST /boil","kind":3,
         "startTimeUnixNano":"%3$d000000","endTimeUnixNano":"%4$d000000"}]}]},
      {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"back-%1$s"}}]},
       "scopeSpans":[{"spans":[
        {"traceId":"%2$s","spanId":"00000000000000b1","parentSpanId":"00000000000000a2",
         "name":"POST /boil","kind":2,
         "startTimeUnixNano":"%3$d000000","endTimeUnixNano":"%4$d000000"}]}]}]}
    """
        .formatted(run, traceId, end - 120, end);
  }
}
