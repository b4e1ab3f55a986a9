package io.aom.metrics.overflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.HeadSegment;
import io.aom.identity.Identity;
import io.aom.identity.IdentitySecret;
import io.aom.identity.IdentityTokens;
import io.aom.identity.InvalidIdentityException;
import io.aom.identity.Role;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.block.MetricsBlockFormat;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.series.Labels;
import io.aom.service.http.ObservedHttpClient;
import io.aom.telemetry.TenantId;
import io.aom.testkit.Await;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
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
  private static final IdentityTokens TOKENS =
      new IdentityTokens(
          IdentitySecret.of("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
          InstantSource.system());
  private static final FoldProperties TEN =
      new FoldProperties(10, Map.of(), Duration.ofHours(1), List.of());

  private record Request(String path, Identity caller, String body) {}

  private final Queue<Request> received = new ConcurrentLinkedQueue<>();
  private final Queue<Integer> statuses = new ConcurrentLinkedQueue<>();
  private HttpServer ingest;
  private FoldEvents events;

  @BeforeEach
  void start() throws IOException {
    ingest = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ingest.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          String token = exchange.getRequestHeaders().getFirst(IdentityTokens.HEADER);
          received.add(new Request(exchange.getRequestURI().getPath(), caller(token), body));
          Integer status = statuses.poll();
          exchange.sendResponseHeaders(status == null ? 200 : status, -1);
          exchange.close();
        });
    ingest.start();
    events = events();
  }

  private FoldEvents events() {
    return new FoldEvents(
        URI.create("http://127.0.0.1:" + ingest.getAddress().getPort()),
        TOKENS,
        new ObservedHttpClient(HttpClient.newHttpClient(), ObservationRegistry.NOOP),
        Duration.ofMillis(20));
  }

  private static Identity caller(String token) throws IOException {
    try {
      return TOKENS.verify(token);
    } catch (InvalidIdentityException e) {
      throw new IOException(e);
    }
  }

  @AfterEach
  void stop() {
    events.close();
    ingest.stop(0);
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
    JsonNode logs = JsonMapper.shared().readTree(told.body()).at("/resourceLogs/0");
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
    assertThat(received.remove().body()).contains("other_total"); // and nothing between them
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
    assertThat(received.stream().map(Request::body).distinct()).hasSize(1);
  }

  @Test
  void whatIngestDoesNotTakeNowIsSentAgainAndWhatItRefusesIsCounted() throws Exception {
    statuses.addAll(List.of(503, 429, 200, 400));
    MetricsSegment segment = segment(events, HeadSegment.NO_CARRY);
    send(segment, "hits_total", START, 0, 11);
    awaitReceived(3);
    assertThat(received.stream().map(Request::body).distinct()).hasSize(1);
    assertThat(events.lost()).isZero();

    send(segment, "other_total", START, 0, 11);
    Await.until("counted", () -> events.lost() == 1);
    assertThat(received).hasSize(4);
  }
}
