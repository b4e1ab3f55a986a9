package io.aom.metrics.overflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.HeadSegment;
import io.aom.identity.Role;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.block.MetricsBlockFormat;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.ingest.TestIngest;
import io.aom.metrics.ingest.TestIngest.Request;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.TenantId;
import io.aom.testkit.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What tenants are told in their own logs when labels of theirs begin to fold. */
class FoldEventsTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final long START = 1_700_000_040_000L;
  private static final FoldProperties TEN =
      new FoldProperties(10, Map.of(), Duration.ofHours(1), List.of());

  private final Queue<Request> received = new ConcurrentLinkedQueue<>();
  private final Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
  private TestIngest ingest;
  private FoldEvents events;

  @BeforeEach
  void start() throws IOException {
    ingest =
        new TestIngest(
            request -> {
              received.add(request);
              Integer status = statuses.poll();
              return status == null ? 200 : status;
            });
    events = events();
  }

  private FoldEvents events() {
    return new FoldEvents(ingest.client(), Duration.ofMillis(20));
  }

  private static String body(Request request) {
    return new String(request.body(), StandardCharsets.UTF_8);
  }

  @AfterEach
  void stop() {
    events.close();
    ingest.close();
  }

  private static MetricsSegment segment(FoldEvents events, byte[] carry) {
    return new MetricsBlockFormat(List.of(), TEN, (tenant, said) -> {}, events)
        .newSegment(3, carry);
  }

  private static void send(MetricsSegment segment, String metric, long at, int from, int to)
      throws Exception {
    RemoteWrite request = new RemoteWrite();
    for (int i = from; i < to; i++) {
      request.series(
          Labels.of("__name__", metric, "instance", "a:80", "job", "shop", "user", "u" + i), at, 1);
    }
    segment.append(new HeadRecord(ACME, request.toByteArray(), request.items(), at, 0));
  }

  private void awaitReceived(int count) {
    Await.until(count + " requests", () -> received.size() >= count);
  }

  @Test
  void theOwnersLogsSayOnceWhichLabelFoldsAndWhoDoesIt() throws Exception {
    MetricsSegment segment = segment(events, HeadSegment.NO_CARRY);
    send(segment, "hits_total", START, 0, 10);
    send(segment, "hits_total", START + 1_000, 10, 14);
    send(segment, "hits_total", START + 2_000, 14, 20);
    send(segment(events, segment.carry()), "hits_total", START + 3_000, 20, 30);
    send(segment(events, HeadSegment.NO_CARRY), "other_total", START + 4_000, 0, 11);
    awaitReceived(2);

    Request told = received.remove();
    assertThat(told.path()).isEqualTo("/v1/logs");
    assertThat(told.caller().tenant()).isEqualTo(ACME);
    assertThat(told.caller().roles()).containsExactly(Role.AGENT);
    JsonNode logs = JsonMapper.shared().readTree(body(told)).at("/resourceLogs/0");
    assertThat(logs.at("/resource/attributes").toString())
        .isEqualTo(
            "[{\"key\":\"service.namespace\",\"value\":{\"stringValue\":\"aom\"}},"
                + "{\"key\":\"service.name\",\"value\":{\"stringValue\":\"metrics-service\"}}]");
    JsonNode record = logs.at("/scopeLogs/0/logRecords/0");
    assertThat(record.at("/timeUnixNano").asString()).isEqualTo((START + 1_000) + "000000");
    assertThat(record.at("/severityNumber").asInt()).isEqualTo(13);
    assertThat(record.at("/body/stringValue").asString())
        .isEqualTo(
            "label user of metric hits_total has too many values: series with new ones are added"
                + " up in one with the value __overflow__; they come from job=shop,"
                + " instance=a:80");
    assertThat(record.at("/attributes").toString())
        .contains("\"aom.metric\",\"value\":{\"stringValue\":\"hits_total\"}")
        .contains("\"aom.values\",\"value\":{\"intValue\":\"10\"}")
        .contains("\"aom.partition\",\"value\":{\"intValue\":\"3\"}");
    assertThat(body(received.remove())).contains("other_total"); // and nothing between them
    assertThat(events.lost()).isZero();
  }

  /** By which ingest-service and the heads of logs know that it is the same. */
  @Test
  void anotherMemberAndOneThatReadsAgainSendTheSameBytes() throws Exception {
    try (FoldEvents other = events()) {
      for (FoldEvents of : List.of(events, other, other)) {
        MetricsSegment segment = segment(of, HeadSegment.NO_CARRY);
        send(segment, "hits_total", START, 0, 8);
        send(segment, "hits_total", START + 1_000, 8, 14);
      }
      awaitReceived(3);
    }
    assertThat(received.stream().map(FoldEventsTest::body).distinct()).hasSize(1);
  }

  private TestIngest withAcmeOverItsLimit() throws IOException {
    return new TestIngest(
        request -> {
          received.add(request);
          return request.caller().tenant().equals(ACME) ? 429 : 200;
        });
  }

  @Test
  void aTenantOverItsLimitMakesNoOtherWait() throws Exception {
    try (TestIngest choosy = withAcmeOverItsLimit();
        FoldEvents told = new FoldEvents(choosy.client(), Duration.ofHours(1))) {
      FoldedLabel label = new FoldedLabel("hits_total", "user", 10, 1, "job=shop", 1);
      told.begun(ACME, 0, START, label);
      told.begun(new TenantId("other"), 0, START, label);

      awaitReceived(2);
    }
    assertThat(received).extracting(one -> one.caller().tenant().value()).contains("other");
  }

  @Test
  void aTenantOverItsLimitLeavesRoomForOthersAndWhatDoesNotWaitIsCounted() throws Exception {
    try (TestIngest choosy = withAcmeOverItsLimit();
        FoldEvents told = new FoldEvents(choosy.client(), Duration.ofHours(1))) {
      for (int i = 0; i < 2_000; i++) {
        told.begun(ACME, i, START, new FoldedLabel("hits_total", "user", 10, 1, "job=shop", 1));
      }
      assertThat(told.lost()).isBetween(1_400L, 1_500L);

      told.begun(
          new TenantId("other"), 0, START, new FoldedLabel("up", "user", 10, 1, "job=shop", 1));
      Await.until(
          "the other", () -> received.stream().anyMatch(one -> body(one).contains("\"up\"")));
    }
  }

  @Test
  void whatIngestDoesNotTakeNowIsSentAgainAndWhatItRefusesIsCounted() throws Exception {
    statuses.addAll(List.of(503, 429, 200, 400));
    MetricsSegment segment = segment(events, HeadSegment.NO_CARRY);
    send(segment, "hits_total", START, 0, 11);
    awaitReceived(3);
    assertThat(received.stream().map(FoldEventsTest::body).distinct()).hasSize(1);
    assertThat(events.lost()).isZero();

    send(segment, "other_total", START, 0, 11);
    Await.until("counted", () -> events.lost() == 1);
    assertThat(received).hasSize(4);
  }
}
