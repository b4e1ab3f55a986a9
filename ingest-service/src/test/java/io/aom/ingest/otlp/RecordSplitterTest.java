package io.aom.ingest.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Slice;
import io.aom.ingest.intake.SliceLimits;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.labels.TenantHash;
import io.aom.telemetry.wire.MalformedWireException;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Logs and spans against protobuf-java. */
class RecordSplitterTest {
  private static final long NOW = 1_790_000_000_000L;
  private static final SliceLimits LIMITS =
      new SliceLimits(1_000_000, 40, 256, 2048, 600_000, 7 * 86_400_000L, 8, 1000);
  private static final TenantHash TENANT = new TenantHash(new TenantId("acme"));

  @Property(tries = 150)
  void everyLogRecordArrivesOnceWithItsResourceAndScope(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int partitions) throws Exception {
    ExportLogsServiceRequest sent = randomLogs(new Random(seed));
    byte[] body = sent.toByteArray();
    LogSplitter splitter = new LogSplitter(partitions, 2, LIMITS);

    RecordSplit split = splitter.split(TENANT, body, 0, body.length, seed, NOW);
    RecordSplit again = splitter.split(TENANT, body, 0, body.length, seed, NOW);

    assertThat(split.refusals().total()).isZero();
    assertThat(flatLogs(split.slices())).containsExactlyInAnyOrderElementsOf(flat(sent));
    assertThat(split.items()).isEqualTo(flat(sent).size());
    assertSame(again.slices(), split.slices());
  }

  @Property(tries = 150)
  void everySpanArrivesOnceAndATraceStaysTogether(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int partitions) throws Exception {
    ExportTraceServiceRequest sent = randomSpans(new Random(seed));
    byte[] body = sent.toByteArray();
    SpanSplitter splitter = new SpanSplitter(partitions, LIMITS);

    RecordSplit split = splitter.split(body, 0, body.length, NOW);
    RecordSplit again = splitter.split(body, 0, body.length, NOW);

    assertThat(split.refusals().total()).isZero();
    assertThat(flatSpans(split.slices())).containsExactlyInAnyOrderElementsOf(flat(sent));
    Map<ByteString, Integer> homes = new HashMap<>();
    for (Slice slice : split.slices()) {
      ExportTraceServiceRequest part = ExportTraceServiceRequest.parseFrom(slice.value());
      for (Span span : spans(part)) {
        assertThat(
                homes.merge(span.getTraceId(), slice.partition(), (a, b) -> a.equals(b) ? a : -1))
            .isGreaterThanOrEqualTo(0);
      }
    }
    assertSame(again.slices(), split.slices());
  }

  @Test
  void recordsOfOneResourceStayTogetherAndMoveFromRequestToRequest() {
    byte[] body = logs(log("a"), log("b")).toByteArray();
    LogSplitter splitter = new LogSplitter(16, 4, LIMITS);

    List<Integer> homes = new ArrayList<>();
    for (long digest = 0; digest < 8; digest++) {
      RecordSplit split = splitter.split(TENANT, body, 0, body.length, digest, NOW);
      assertThat(split.slices()).hasSize(1);
      homes.add(split.slices().getFirst().partition());
    }

    assertThat(homes.stream().distinct()).hasSize(4);
    assertThat(homes.subList(0, 4)).isEqualTo(homes.subList(4, 8));
  }

  @Test
  void slicesStayWithinTheirBound() throws Exception {
    SliceLimits small = new SliceLimits(70_000, 40, 256, 2048, 600_000, 86_400_000L, 8, 1000);
    LogRecord[] records = new LogRecord[3000];
    for (int i = 0; i < records.length; i++) {
      records[i] = log("line " + i + " " + "x".repeat(i % 200)).build();
    }
    ExportLogsServiceRequest sent = logs(records);
    byte[] body = sent.toByteArray();

    RecordSplit split = new LogSplitter(2, 1, small).split(TENANT, body, 0, body.length, 1, NOW);

    assertThat(split.slices()).hasSizeGreaterThan(3);
    assertThat(split.slices()).allMatch(slice -> slice.value().length <= 70_000);
    assertThat(split.slices().stream().map(Slice::ordinal)).doesNotHaveDuplicates();
    assertThat(flatLogs(split.slices())).isEqualTo(flat(sent));
  }

  @Test
  void aLongTextIsCutAtACharacterAndMarked() throws Exception {
    String text = "ü".repeat(700);
    LogRecord record = oneLog(log(text).setTraceId(ByteString.copyFrom(new byte[16])));

    assertThat(record.getBody().getStringValue()).isEqualTo("ü".repeat(500));
    assertThat(record.getAttributesList())
        .anyMatch(
            a -> a.getKey().equals(LogSplitter.TRUNCATED) && a.getValue().getIntValue() == 1400);
    assertThat(record.getTimeUnixNano()).isEqualTo(NOW * 1_000_000);
  }

  @Test
  void attributesBeyondTheBoundAreDroppedAndCounted() throws Exception {
    LogRecord.Builder many = log("x").setDroppedAttributesCount(5);
    for (int i = 0; i < 20; i++) {
      many.addAttributes(attribute("k" + i, "v"));
    }

    LogRecord record = oneLog(many);

    assertThat(record.getAttributesCount()).isEqualTo(8);
    assertThat(record.getDroppedAttributesCount()).isEqualTo(5 + 12 + 0);
  }

  @Test
  void idsOfAnotherLengthAreLeftOutOfALogRecord() throws Exception {
    LogRecord record =
        oneLog(
            log("x")
                .setTraceId(ByteString.copyFromUtf8("short"))
                .setSpanId(ByteString.copyFrom(new byte[8])));

    assertThat(record.getTraceId().isEmpty()).isTrue();
    assertThat(record.getSpanId().size()).isEqualTo(8);
  }

  @Test
  void whatCannotBeTakenIsRefusedByReason() {
    SliceLimits small = new SliceLimits(70_000, 40, 256, 2048, 600_000, 86_400_000L, 8, 1000);
    byte[] body =
        logs(
                log("good").build(),
                log("future").setTimeUnixNano((NOW + 600_001) * 1_000_000).build(),
                log("old").setTimeUnixNano((NOW - 86_400_001) * 1_000_000).build(),
                log("no time").setTimeUnixNano(0).build(),
                log("deep").setBody(deep(60)).build(),
                log("big").addAttributes(attribute("k", "v".repeat(80_000))).build())
            .toByteArray();

    RecordSplit split = new LogSplitter(2, 1, small).split(TENANT, body, 0, body.length, 1, NOW);

    assertThat(split.items()).isEqualTo(2);
    assertThat(split.refusals().counts())
        .containsOnly(
            Map.entry(RefusalReason.TOO_FAR_IN_FUTURE, 1L),
            Map.entry(RefusalReason.TOO_OLD, 1L),
            Map.entry(RefusalReason.NESTED_TOO_DEEP, 1L),
            Map.entry(RefusalReason.RECORD_TOO_LARGE, 1L));
  }

  @Test
  void spansWithoutValidIdsAreRefused() {
    byte[] body =
        spansOf(
                span(1, 1).build(),
                span(1, 2).setTraceId(ByteString.copyFrom(new byte[16])).build(),
                span(1, 3).setTraceId(ByteString.copyFromUtf8("abc")).build(),
                span(1, 4).clearTraceId().build(),
                span(1, 5).setSpanId(ByteString.copyFrom(new byte[8])).build())
            .toByteArray();

    RecordSplit split = new SpanSplitter(2, LIMITS).split(body, 0, body.length, NOW);

    assertThat(split.items()).isEqualTo(1);
    assertThat(split.refusals().counts())
        .containsOnly(
            Map.entry(RefusalReason.INVALID_TRACE_ID, 3L),
            Map.entry(RefusalReason.INVALID_SPAN_ID, 1L));
  }

  /** What stands around the records is in each slice again: 300 KB here, and 70 KB each time. */
  @Test
  void slicesThatTakeFarMoreThanTheRequestArePaidForBeforeTheyAreMade() {
    SliceLimits small = new SliceLimits(70_000, 40, 256, 2048, 600_000, 86_400_000L, 8, 1000);
    LogRecord[] records = new LogRecord[2000];
    for (int i = 0; i < records.length; i++) {
      records[i] = log("x".repeat(100)).build();
    }
    ExportLogsServiceRequest.Builder sent = logs(records).toBuilder();
    sent.getResourceLogsBuilder(0)
        .getResourceBuilder()
        .addAttributes(attribute("large", "v".repeat(69_000)));
    byte[] body = sent.build().toByteArray();
    AtomicLong left = new AtomicLong(10_000_000);

    assertThatThrownBy(
            () ->
                new LogSplitter(2, 1, small)
                    .split(
                        TENANT,
                        body,
                        0,
                        body.length,
                        1,
                        NOW,
                        bytes -> {
                          if (left.addAndGet(-bytes) < 0) {
                            throw new RejectedException(Problem.TOO_LARGE, "no room");
                          }
                        }))
        .isInstanceOf(RejectedException.class);

    assertThat(body.length).isLessThan(400_000);
    assertThat(left.get()).isBetween(-70_000L, 0L);
  }

  /** Whoever reads the slice from Kafka takes all of it or nothing. */
  @Test
  void aSpanThatWouldSpoilItsSliceIsRefusedAlone() {
    KeyValue deep = attribute("deep", deep(60));
    byte[] body =
        spansOf(
                span(1, 1).build(),
                span(1, 2).setParentSpanId(ByteString.copyFromUtf8("short")).build(),
                span(1, 3).setParentSpanId(ByteString.copyFromUtf8("12345678")).build(),
                span(1, 4).setEndTimeUnixNano(-1).build(),
                span(1, 5).addLinks(Span.Link.newBuilder().addAttributes(deep)).build())
            .toByteArray();

    RecordSplit split = new SpanSplitter(2, LIMITS).split(body, 0, body.length, NOW);

    assertThat(split.items()).isEqualTo(2);
    assertThat(split.refusals().counts())
        .containsOnly(
            Map.entry(RefusalReason.INVALID_SPAN_ID, 1L),
            Map.entry(RefusalReason.TOO_FAR_IN_FUTURE, 1L),
            Map.entry(RefusalReason.NESTED_TOO_DEEP, 1L));
    assertThat(split.refusals().message())
        .contains(
            "parent span id: 5 bytes (expected: 8, or none)",
            "end time: 2554-07-21T23:34:33.709Z (expected: before the year 2262)");
  }

  @Test
  void recordsOfAResourceThatNestsTooDeepAreRefused() {
    ExportLogsServiceRequest.Builder logs = logs(log("a").build(), log("b").build()).toBuilder();
    logs.getResourceLogsBuilder(0).getResourceBuilder().addAttributes(attribute("deep", deep(60)));
    logs.addResourceLogs(logs(log("c").build()).getResourceLogs(0));
    byte[] body = logs.build().toByteArray();

    RecordSplit split = new LogSplitter(2, 1, LIMITS).split(TENANT, body, 0, body.length, 1, NOW);

    assertThat(split.items()).isEqualTo(1);
    assertThat(split.refusals().counts())
        .containsOnly(Map.entry(RefusalReason.NESTED_TOO_DEEP, 2L));
  }

  private static AnyValue deep(int levels) {
    AnyValue value = AnyValue.newBuilder().setStringValue("x").build();
    for (int i = 0; i < levels; i++) {
      value = AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder().addValues(value)).build();
    }
    return value;
  }

  private static KeyValue attribute(String key, AnyValue value) {
    return KeyValue.newBuilder().setKey(key).setValue(value).build();
  }

  @Property(tries = 300)
  void aRequestWithOneByteChangedIsSplitOrRefused(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 100_000) int at, @ForAll byte value) {
    byte[] logs = randomLogs(new Random(seed)).toByteArray();
    byte[] spans = randomSpans(new Random(seed)).toByteArray();
    if (logs.length > 0) {
      logs[at % logs.length] = value;
    }
    if (spans.length > 0) {
      spans[at % spans.length] = value;
    }
    try {
      new LogSplitter(2, 1, LIMITS).split(TENANT, logs, 0, logs.length, 1, NOW);
      new SpanSplitter(2, LIMITS).split(spans, 0, spans.length, NOW);
    } catch (MalformedWireException expected) {
      assertThat(expected).hasMessageMatching("(byte|symbols).*");
    }
  }

  @Test
  void aTruncatedRequestIsMalformed() {
    byte[] body = logs(log("x").build()).toByteArray();

    assertThatThrownBy(
            () -> new LogSplitter(2, 1, LIMITS).split(TENANT, body, 0, body.length - 1, 1, NOW))
        .isInstanceOf(MalformedWireException.class);
  }

  private static LogRecord oneLog(LogRecord.Builder sent) throws InvalidProtocolBufferException {
    byte[] body = logs(sent.build()).toByteArray();
    RecordSplit split = new LogSplitter(1, 1, LIMITS).split(TENANT, body, 0, body.length, 1, NOW);
    assertThat(split.refusals().total()).isZero();
    return ExportLogsServiceRequest.parseFrom(split.slices().getFirst().value())
        .getResourceLogs(0)
        .getScopeLogs(0)
        .getLogRecords(0);
  }

  private static LogRecord.Builder log(String text) {
    return LogRecord.newBuilder()
        .setTimeUnixNano(NOW * 1_000_000)
        .setSeverityNumberValue(9)
        .setBody(AnyValue.newBuilder().setStringValue(text));
  }

  private static ExportLogsServiceRequest logs(LogRecord.Builder... records) {
    LogRecord[] built = new LogRecord[records.length];
    for (int i = 0; i < built.length; i++) {
      built[i] = records[i].build();
    }
    return logs(built);
  }

  private static ExportLogsServiceRequest logs(LogRecord... records) {
    return ExportLogsServiceRequest.newBuilder()
        .addResourceLogs(
            ResourceLogs.newBuilder()
                .setResource(resource("shop"))
                .setSchemaUrl("https://opentelemetry.io/schemas/1.45.0")
                .addScopeLogs(
                    ScopeLogs.newBuilder()
                        .setScope(InstrumentationScope.newBuilder().setName("scope"))
                        .addAllLogRecords(List.of(records))))
        .build();
  }

  private static Span.Builder span(int trace, int span) {
    byte[] traceId = new byte[16];
    new Random(trace).nextBytes(traceId);
    byte[] spanId = new byte[8];
    new Random(span).nextBytes(spanId);
    return Span.newBuilder()
        .setTraceId(ByteString.copyFrom(traceId))
        .setSpanId(ByteString.copyFrom(spanId))
        .setName("GET /")
        .setStartTimeUnixNano(NOW * 1_000_000)
        .setEndTimeUnixNano(NOW * 1_000_000 + 5)
        .addEvents(Span.Event.newBuilder().setName("e").addAttributes(attribute("a", "b")))
        .addLinks(Span.Link.newBuilder().setTraceId(ByteString.copyFrom(traceId)));
  }

  private static ExportTraceServiceRequest spansOf(Span... spans) {
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(resource("shop"))
                .addScopeSpans(ScopeSpans.newBuilder().addAllSpans(List.of(spans))))
        .build();
  }

  private static Resource resource(String service) {
    return Resource.newBuilder().addAttributes(attribute("service.name", service)).build();
  }

  private static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  private static ExportLogsServiceRequest randomLogs(Random random) {
    ExportLogsServiceRequest.Builder request = ExportLogsServiceRequest.newBuilder();
    for (int r = random.nextInt(4); r > 0; r--) {
      ResourceLogs.Builder resource = ResourceLogs.newBuilder().setSchemaUrl("r" + r);
      if (random.nextInt(4) > 0) {
        resource.setResource(resource("service-" + random.nextInt(3)));
      }
      for (int s = random.nextInt(3); s > 0; s--) {
        ScopeLogs.Builder scope =
            ScopeLogs.newBuilder()
                .setSchemaUrl("s" + s)
                .setScope(InstrumentationScope.newBuilder().setName("scope" + s));
        for (int i = random.nextInt(6); i > 0; i--) {
          scope.addLogRecords(
              log("line " + random.nextInt())
                  .setObservedTimeUnixNano(NOW * 1_000_000)
                  .addAttributes(attribute("i", String.valueOf(i)))
                  .setFlags(i));
        }
        resource.addScopeLogs(scope);
      }
      request.addResourceLogs(resource);
    }
    return request.build();
  }

  private static ExportTraceServiceRequest randomSpans(Random random) {
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    for (int r = random.nextInt(4); r > 0; r--) {
      ResourceSpans.Builder resource =
          ResourceSpans.newBuilder()
              .setResource(resource("service-" + random.nextInt(3)))
              .setSchemaUrl("r" + r);
      for (int s = random.nextInt(3); s > 0; s--) {
        ScopeSpans.Builder scope =
            ScopeSpans.newBuilder()
                .setScope(InstrumentationScope.newBuilder().setName("scope" + s));
        for (int i = random.nextInt(12); i > 0; i--) {
          scope.addSpans(span(random.nextInt(5), random.nextInt()));
        }
        resource.addScopeSpans(scope);
      }
      request.addResourceSpans(resource);
    }
    return request.build();
  }

  private static List<Span> spans(ExportTraceServiceRequest request) {
    return request.getResourceSpansList().stream()
        .flatMap(r -> r.getScopeSpansList().stream())
        .flatMap(s -> s.getSpansList().stream())
        .toList();
  }

  private static List<List<Object>> flat(ExportLogsServiceRequest request) {
    List<List<Object>> all = new ArrayList<>();
    for (ResourceLogs resource : request.getResourceLogsList()) {
      for (ScopeLogs scope : resource.getScopeLogsList()) {
        for (LogRecord record : scope.getLogRecordsList()) {
          all.add(
              List.of(
                  resource.getResource(),
                  resource.getSchemaUrl(),
                  scope.getScope(),
                  scope.getSchemaUrl(),
                  record));
        }
      }
    }
    return all;
  }

  private static List<List<Object>> flat(ExportTraceServiceRequest request) {
    List<List<Object>> all = new ArrayList<>();
    for (ResourceSpans resource : request.getResourceSpansList()) {
      for (ScopeSpans scope : resource.getScopeSpansList()) {
        for (Span span : scope.getSpansList()) {
          all.add(List.of(resource.getResource(), resource.getSchemaUrl(), scope.getScope(), span));
        }
      }
    }
    return all;
  }

  private static List<List<Object>> flatLogs(List<Slice> slices)
      throws InvalidProtocolBufferException {
    List<List<Object>> all = new ArrayList<>();
    for (Slice slice : slices) {
      List<List<Object>> part = flat(ExportLogsServiceRequest.parseFrom(slice.value()));
      assertThat(part).hasSize(slice.items());
      all.addAll(part);
    }
    return all;
  }

  private static List<List<Object>> flatSpans(List<Slice> slices)
      throws InvalidProtocolBufferException {
    List<List<Object>> all = new ArrayList<>();
    for (Slice slice : slices) {
      List<List<Object>> part = flat(ExportTraceServiceRequest.parseFrom(slice.value()));
      assertThat(part).hasSize(slice.items());
      all.addAll(part);
    }
    return all;
  }

  private static void assertSame(List<Slice> one, List<Slice> other) {
    assertThat(one).hasSameSizeAs(other);
    for (int i = 0; i < one.size(); i++) {
      assertThat(one.get(i).partition()).isEqualTo(other.get(i).partition());
      assertThat(one.get(i).value()).isEqualTo(other.get(i).value());
    }
  }
}
