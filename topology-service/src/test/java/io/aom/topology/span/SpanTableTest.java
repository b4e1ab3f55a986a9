package io.aom.topology.span;

import static io.aom.topology.SpanFixture.MILLI;
import static io.aom.topology.SpanFixture.NOON;
import static io.aom.topology.SpanFixture.TENANT;
import static io.aom.topology.SpanFixture.request;
import static io.aom.topology.SpanFixture.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.aom.telemetry.wire.MalformedWireException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.ArrayValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SpanTableTest {
  private final SpanTableBuilder builder = new SpanTableBuilder();

  @Test
  void aTableShowsWhatWasThereWhenItWasTaken() {
    builder.append(TENANT, request(List.of(server("a", 1, 1))), 5);
    SpanTable before = builder.table();
    for (int i = 2; i < 2000; i++) {
      builder.append(TENANT, request(List.of(server("b" + i, i, i))), 6);
    }

    assertThat(before.size()).isEqualTo(1);
    assertThat(before.services()).isEqualTo(1);
    assertThat(before.serviceName(before.service(0))).isEqualTo(new ServiceName("", "a"));
    SpanTable after = builder.table();
    assertThat(after.size()).isEqualTo(1999);
    assertThat(after.serviceName(after.service(1998)).name()).isEqualTo("b1999");
    assertThat(after.operationName(after.operation(1998))).isEqualTo("GET /b1999");
    assertThat(after.receivedMillis(0)).isEqualTo(5);
    assertThat(after.receivedMillis(1998)).isEqualTo(6);
  }

  @Test
  void theResourceMayStandBehindItsSpans() {
    byte[] whole = request(List.of(server("late", 1, 1)));
    byte[] inner = Arrays.copyOfRange(whole, 2, whole.length);
    int resourceLength = 2 + inner[1];
    byte[] turned = new byte[whole.length];
    turned[0] = whole[0];
    turned[1] = whole[1];
    int rest = inner.length - resourceLength;
    System.arraycopy(inner, resourceLength, turned, 2, rest);
    System.arraycopy(inner, 0, turned, 2 + rest, resourceLength);

    builder.append(TENANT, turned, 0);

    assertThat(builder.table().serviceName(0).name()).isEqualTo("late");
  }

  @Test
  void aServiceWithoutANameIsUnknown() {
    builder.append(TENANT, of(Span.newBuilder().setKind(Span.SpanKind.SPAN_KIND_SERVER)), 0);

    assertThat(builder.table().serviceName(0).name()).isEqualTo("unknown_service");
  }

  @Test
  void aClockSetBackMakesNoNegativeDuration() {
    builder.append(
        TENANT, of(Span.newBuilder().setStartTimeUnixNano(NOON).setEndTimeUnixNano(NOON - 1)), 0);

    assertThat(builder.table().durationNanos(0)).isZero();
  }

  private static byte[] of(Span.Builder span) {
    if (span.getTraceId().isEmpty()) {
      span.setTraceId(ByteString.copyFrom(Otlp.bytes(1, 2)));
    }
    if (span.getSpanId().isEmpty()) {
      span.setSpanId(ByteString.copyFrom(Otlp.bytes(3)));
    }
    return ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(
            ResourceSpans.newBuilder()
                .setResource(Resource.getDefaultInstance())
                .addScopeSpans(ScopeSpans.newBuilder().addSpans(span)))
        .build()
        .toByteArray();
  }

  private static Arguments bad(String what, Consumer<Span.Builder> change) {
    Span.Builder span = Span.newBuilder().setName("x").setStartTimeUnixNano(NOON + MILLI);
    change.accept(span);
    return Arguments.of(what, of(span));
  }

  private static AnyValue nested(int depth) {
    AnyValue value = AnyValue.newBuilder().setStringValue("deep").build();
    for (int i = 0; i < depth; i++) {
      value = AnyValue.newBuilder().setArrayValue(ArrayValue.newBuilder().addValues(value)).build();
    }
    return value;
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        bad("trace_id: 8 bytes", s -> s.setTraceId(ByteString.copyFrom(new byte[8]))),
        bad("trace_id: none", s -> s.setTraceId(ByteString.copyFrom(new byte[16]))),
        bad("span_id: 4 bytes", s -> s.setSpanId(ByteString.copyFrom(new byte[4]))),
        bad("span_id: none", s -> s.setSpanId(ByteString.copyFrom(new byte[8]))),
        bad("parent_span_id: 3", s -> s.setParentSpanId(ByteString.copyFrom(new byte[3]))),
        bad("start_time_unix_nano", s -> s.setStartTimeUnixNano(-1)),
        bad(
            "nested",
            s -> s.addAttributes(KeyValue.newBuilder().setKey("k").setValue(nested(100)))),
        Arguments.of("byte", new byte[] {0x0A, 0x7F, 1}));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void aMalformedRequestChangesNothing(String reason, byte[] value) {
    builder.append(TENANT, request(List.of(server("a", 1, 1))), 0);

    assertThatThrownBy(() -> builder.append(TENANT, value, 0))
        .isInstanceOf(MalformedWireException.class)
        .hasMessageContaining(reason);

    assertThat(builder.table().size()).isEqualTo(1);
    builder.append(TENANT, request(List.of(server("a", 2, 2))), 0);
    assertThat(builder.table().traceLow(1)).isEqualTo(2);
    assertThat(builder.table().raw(1).span()).isEqualTo(server("a", 2, 2).build().toByteArray());
  }

  @Test
  void everyTruncationIsRefusedOrHoldsWholeSpans() {
    byte[] whole =
        request(List.of(server("a", 1, 1).attribute("k", "v").event(NOON, "e").link(1, 2)));
    for (int length = 1; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      SpanTableBuilder fresh = new SpanTableBuilder();
      try {
        int spans = fresh.append(TENANT, part, 0);
        assertThat(spans).isEqualTo(fresh.table().size());
      } catch (MalformedWireException _) {
        assertThat(fresh.table().size()).isZero();
      }
    }
  }
}
