package io.aom.ingest.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.aom.ingest.intake.Signal;
import io.aom.ingest.intake.SliceMemory;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoWriter;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.logs.v1.LogRecord;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against opentelemetry-proto's messages: any message, written as OTLP/JSON, comes out the same.
 */
class OtlpJsonTest {
  @Property(tries = 100)
  void everyFieldOfEverySignalComesThrough(@ForAll long seed) throws Exception {
    for (Signal signal : Signal.values()) {
      Message sent = random(prototype(signal), new Random(seed), 0);

      Message read = parse(signal, OtlpJsonWriter.json(sent, new Random(seed)));

      assertThat(read).isEqualTo(sent);
    }
  }

  @Test
  void idsAreHexOfEitherCaseAndIntegersStringsOrNumbers() throws Exception {
    ExportLogsServiceRequest request =
        (ExportLogsServiceRequest)
            parse(
                Signal.LOGS,
                """
                {"resourceLogs": [{"scopeLogs": [{"logRecords": [
                  {"timeUnixNano": "1790000000000000000", "observedTimeUnixNano": 1790000000000000001,
                   "severityNumber": 9, "traceId": "5B8EFFF798038103D269B633813FC60C",
                   "spanId": "eee19b7ec3c1b174", "unknown": {"a": [1, {"b": null}]},
                   "body": {"stringValue": "hello"}, "attributes": null,
                   "flags": 1}]}]}]}
                """);

    LogRecord record = request.getResourceLogs(0).getScopeLogs(0).getLogRecords(0);
    assertThat(record.getTimeUnixNano()).isEqualTo(1790000000000000000L);
    assertThat(record.getObservedTimeUnixNano()).isEqualTo(1790000000000000001L);
    assertThat(record.getTraceId())
        .isEqualTo(
            ByteString.copyFrom(HexFormat.of().parseHex("5b8efff798038103d269b633813fc60c")));
    assertThat(record.getSpanId().size()).isEqualTo(8);
    assertThat(record.getBody().getStringValue()).isEqualTo("hello");
    assertThat(record.getFlags()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{} {}",
        "{\"resourceLogs\": {}}",
        "{\"resourceLogs\": [1]}",
        "{\"resourceLogs\": [{\"scopeLogs\": [{\"logRecords\": [{\"traceId\": \"xyz\"}]}]}]}",
        "{\"resourceLogs\": [{\"scopeLogs\": [{\"logRecords\": [{\"timeUnixNano\": \"x\"}]}]}]}",
        "{\"resourceLogs\": [{\"scopeLogs\": [{\"logRecords\": [{\"severityNumber\":"
            + " \"INFO\"}]}]}]}",
        "{\"resourceLogs\": [{\"scopeLogs\": [{\"logRecords\": [{\"flags\": 4294967296}]}]}]}",
        "{\"resourceLogs\": [{\"scopeLogs\": [{\"logRecords\": [{\"severityNumber\":"
            + " \"18446744073709551615\"}]}]}]}",
        "{\"resourceLogs\": [{\"schemaUrl\": 7}]}"
      })
  void whatIsNotOfThatShapeIsMalformed(String json) {
    assertThatThrownBy(() -> parse(Signal.LOGS, json))
        .isInstanceOf(MalformedWireException.class)
        .hasMessageStartingWith("byte ");
  }

  /** In JSON a number may take two bytes, in protobuf eight. */
  @Test
  void whatGrowsIsPaidForAsItGrows() {
    byte[] body =
        ("{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"histogram\":{\"dataPoints\":"
                + "[{\"bucketCounts\":["
                + "0,".repeat(1_000_000)
                + "0]}]}}]}]}]}")
            .getBytes(StandardCharsets.UTF_8);
    AtomicLong left = new AtomicLong(4_000_000);

    assertThatThrownBy(
            () ->
                OtlpJson.toProtobuf(
                    Signal.METRICS,
                    body,
                    body.length,
                    bytes -> {
                      if (left.addAndGet(-bytes) < 0) {
                        throw new RejectedException(Problem.TOO_LARGE, "no room");
                      }
                    }))
        .isInstanceOf(RejectedException.class);
    assertThat(left.get()).isGreaterThan(-4_000_000);
  }

  @Test
  void nestingWithoutEndIsMalformed() {
    String deep = "{\"x\":" + "[".repeat(100_000);

    assertThatThrownBy(() -> parse(Signal.LOGS, deep)).isInstanceOf(MalformedWireException.class);
  }

  private static Message parse(Signal signal, String json) throws InvalidProtocolBufferException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    ProtoWriter writer = OtlpJson.toProtobuf(signal, body, body.length, SliceMemory.UNBOUNDED);
    return prototype(signal).getParserForType().parseFrom(writer.toByteArray());
  }

  private static Message prototype(Signal signal) {
    return switch (signal) {
      case METRICS -> ExportMetricsServiceRequest.getDefaultInstance();
      case LOGS -> ExportLogsServiceRequest.getDefaultInstance();
      case SPANS -> ExportTraceServiceRequest.getDefaultInstance();
    };
  }

  /** A message with any of its fields set, but those that a stable protocol does not have. */
  private static Message random(Message prototype, Random random, int depth) {
    Message.Builder builder = prototype.newBuilderForType();
    for (FieldDescriptor field : prototype.getDescriptorForType().getFields()) {
      if (random.nextInt(4) == 0 || field.getName().endsWith("_strindex")) {
        continue;
      }
      boolean nested = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
      if (nested && depth > 8) {
        continue;
      }
      for (int i = field.isRepeated() ? random.nextInt(3) : 1; i > 0; i--) {
        Object value =
            nested
                ? random(builder.newBuilderForField(field).build(), random, depth + 1)
                : scalar(field, random);
        if (field.isRepeated()) {
          builder.addRepeatedField(field, value);
        } else {
          builder.setField(field, value);
        }
      }
    }
    return builder.build();
  }

  private static Object scalar(FieldDescriptor field, Random random) {
    return switch (field.getJavaType()) {
      case INT -> random.nextInt();
      case LONG -> random.nextLong();
      case DOUBLE ->
          switch (random.nextInt(6)) {
            case 0 -> Double.POSITIVE_INFINITY;
            case 1 -> 3.0;
            default -> random.nextGaussian();
          };
      case FLOAT -> random.nextFloat();
      case BOOLEAN -> true;
      case STRING -> "text ü \"" + random.nextInt(100);
      case BYTE_STRING -> ByteString.copyFrom(new byte[] {(byte) random.nextInt(), 7, -1});
      case ENUM -> {
        List<EnumValueDescriptor> values = field.getEnumType().getValues();
        yield values.get(random.nextInt(values.size()));
      }
      case MESSAGE -> throw new AssertionError(field);
    };
  }
}
