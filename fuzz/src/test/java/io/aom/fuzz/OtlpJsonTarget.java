package io.aom.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.aom.ingest.intake.Signal;
import io.aom.ingest.otlp.JsonToProtobuf;
import io.aom.telemetry.wire.MalformedWireException;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * OTLP/JSON of any bytes is refused with the place, or becomes what protobuf-java's descriptors of
 * the messages say that it stands for. They are read here in the plainest way: a tree, and a
 * message of objects.
 */
final class OtlpJsonTarget implements Target {
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(200)
                          .maxNumberLength(64)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
          .build();

  private static final long MOST_32 = 0xFFFFFFFFL;

  private final Signal signal;
  private final Message prototype;

  OtlpJsonTarget(Signal signal) {
    this.signal = signal;
    this.prototype =
        switch (signal) {
          case METRICS -> ExportMetricsServiceRequest.getDefaultInstance();
          case LOGS -> ExportLogsServiceRequest.getDefaultInstance();
          case SPANS -> ExportTraceServiceRequest.getDefaultInstance();
        };
  }

  /** That an input was not what is expected here, other than that it is no JSON at all. */
  private static final class OtherShape extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OtherShape(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  @Override
  public List<byte[]> seeds() {
    String resource =
        "\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":"
            + "{\"stringValue\":\"cart\"}}]},\"schemaUrl\":\"u\"";
    String values =
        "[{\"key\":\"a\",\"value\":{\"boolValue\":true}},{\"key\":\"b\",\"value\":"
            + "{\"arrayValue\":{\"values\":[{\"intValue\":\"-5\"},{\"doubleValue\":1.5e3},"
            + "{\"bytesValue\":\"AQI=\"},{\"kvlistValue\":{\"values\":[{\"key\":\"c\"}]}}]}}}]";
    List<String> seeds =
        switch (signal) {
          case LOGS ->
              List.of(
                  "{\"resourceLogs\":[{"
                      + resource
                      + ",\"scopeLogs\":[{\"scope\":{\"name\":\"s\",\"version\":\"1\"},"
                      + "\"logRecords\":[{\"timeUnixNano\":\"1790000000000000000\","
                      + "\"severityNumber\":9,\"severityText\":\"INFO\",\"flags\":1,"
                      + "\"traceId\":\"5B8EFFF798038103D269B633813FC60C\","
                      + "\"spanId\":\"eee19b7ec3c1b174\",\"unknown\":{\"a\":[1,null]},"
                      + "\"body\":{\"stringValue\":\"h\\u00e4 \\ud83d\\ude00\"},\"attributes\":"
                      + values
                      + "}]}]}]}");
          case SPANS ->
              List.of(
                  "{\"resourceSpans\":[{"
                      + resource
                      + ",\"scopeSpans\":[{\"spans\":[{\"traceId\":"
                      + "\"5b8efff798038103d269b633813fc60c\",\"spanId\":\"eee19b7ec3c1b174\","
                      + "\"parentSpanId\":\"\",\"name\":\"GET\",\"kind\":2,\"status\":{\"code\":2,"
                      + "\"message\":\"m\"},\"startTimeUnixNano\":17,\"endTimeUnixNano\":\"18\","
                      + "\"events\":[{\"name\":\"e\",\"timeUnixNano\":1}],\"links\":"
                      + "[{\"traceId\":\"00\",\"flags\":4294967295}],\"attributes\":"
                      + values
                      + "}]}]}]}");
          case METRICS ->
              List.of(
                  metric(
                      resource,
                      "\"sum\":{\"aggregationTemporality\":2,\"isMonotonic\":true,\"dataPoints\":"
                          + "[{\"asInt\":\"-3\",\"timeUnixNano\":\"7\",\"attributes\":"
                          + values
                          + ",\"exemplars\":[{\"asDouble\":\"NaN\",\"spanId\":\"0102\"}]}]}"),
                  metric(
                      resource,
                      "\"histogram\":{\"dataPoints\":[{\"count\":6,\"sum\":2.5,\"bucketCounts\":"
                          + "[1,\"2\",3],\"explicitBounds\":[1,2.5],\"min\":\"-Infinity\"}]}"),
                  metric(
                      resource,
                      "\"exponentialHistogram\":{\"dataPoints\":[{\"scale\":-2,\"zeroCount\":1,"
                          + "\"positive\":{\"offset\":-3,\"bucketCounts\":[\"1\",0,3]},"
                          + "\"zeroThreshold\":1e-9}]}"),
                  metric(
                      resource,
                      "\"summary\":{\"dataPoints\":[{\"quantileValues\":[{\"quantile\":0.9,"
                          + "\"value\":4}]}]}"));
        };
    return seeds.stream().map(seed -> seed.getBytes(StandardCharsets.UTF_8)).toList();
  }

  private static String metric(String resource, String data) {
    return "{\"resourceMetrics\":[{"
        + resource
        + ",\"scopeMetrics\":[{\"metrics\":[{\"name\":\"m\",\"unit\":\"ms\","
        + data
        + "}]}]}]}";
  }

  @Override
  public void check(byte[] input) {
    byte[] found = null;
    try {
      found = JsonToProtobuf.of(signal, input);
    } catch (MalformedWireException e) {
      if (!String.valueOf(e.getMessage()).startsWith("byte ")) {
        throw new AssertionError("refused without a place: " + e.getMessage(), e);
      }
    }
    if (!isText(input)) {
      // Whether Jackson refuses a name that is no UTF-8 depends on the names that it has seen
      // before.
      return;
    }
    Message expected;
    try {
      expected = read(input);
    } catch (JacksonException | NumberFormatException notForATree) {
      // Names given twice are no matter to a reader that goes through once, as numbers of any size.
      expected = null;
    } catch (OtherShape e) {
      if (found != null) {
        throw new AssertionError("taken, but " + e.getMessage(), e);
      }
      return;
    }
    if (found == null) {
      if (expected != null) {
        throw new AssertionError("refused (expected: " + expected + ")");
      }
      return;
    }
    Message parsed = parsed(found);
    // A tree does not tell -0 from 0.
    if (expected != null && !new String(input, StandardCharsets.UTF_8).contains("-0")) {
      Checks.same(expected, parsed);
    }
  }

  private static boolean isText(byte[] input) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(input));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private Message parsed(byte[] protobuf) {
    try {
      return prototype.getParserForType().parseFrom(protobuf);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("what protobuf-java cannot read", e);
    }
  }

  private Message read(byte[] input) {
    JsonNode tree = JSON.readTree(input);
    return message(tree, prototype);
  }

  private static Message message(JsonNode tree, Message of) {
    if (!tree.isObject()) {
      throw new OtherShape("not an object: " + tree, null);
    }
    Message.Builder builder = of.newBuilderForType();
    tree.properties()
        .forEach(
            property -> {
              FieldDescriptor field =
                  of.getDescriptorForType().getFields().stream()
                      .filter(f -> f.getJsonName().equals(property.getKey()))
                      .filter(f -> !f.getName().endsWith("_strindex")) // of no stable protocol
                      .findFirst()
                      .orElse(null);
              JsonNode value = property.getValue();
              if (field == null || value.isNull()) {
                return;
              }
              if (!field.isRepeated()) {
                builder.setField(field, value(value, field, builder));
              } else if (value.isArray()) {
                value.forEach(one -> builder.addRepeatedField(field, value(one, field, builder)));
              } else {
                throw new OtherShape("not a list: " + value, null);
              }
            });
    return builder.build();
  }

  private static Object value(JsonNode value, FieldDescriptor field, Message.Builder builder) {
    return switch (field.getType()) {
      case MESSAGE -> message(value, builder.newBuilderForField(field).build());
      case STRING ->
          new String(text(value).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      case BYTES -> bytes(text(value), field.getName().endsWith("_id"));
      case BOOL -> {
        if (!value.isBoolean()) {
          throw new OtherShape("neither true nor false: " + value, null);
        }
        yield value.booleanValue();
      }
      case DOUBLE -> number(value);
      case ENUM ->
          field
              .getEnumType()
              .findValueByNumberCreatingIfUnknown((int) small(value, Integer.MIN_VALUE, MOST_32));
      case SINT32 -> (int) small(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
      case INT32, UINT32, FIXED32, SFIXED32 -> (int) small(value, Integer.MIN_VALUE, MOST_32);
      default -> integer(value).longValue();
    };
  }

  private static String text(JsonNode value) {
    if (!value.isString()) {
      throw new OtherShape("not a text: " + value, null);
    }
    return value.stringValue();
  }

  private static ByteString bytes(String text, boolean hex) {
    try {
      return ByteString.copyFrom(
          hex
              ? HexFormat.of().parseHex(text)
              : Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/')));
    } catch (IllegalArgumentException e) {
      throw new OtherShape("neither hex nor base64: " + text, e);
    }
  }

  private static double number(JsonNode value) {
    if (value.isNumber()) {
      return value.isIntegralNumber()
          ? new java.math.BigDecimal(value.bigIntegerValue()).doubleValue()
          : value.decimalValue().doubleValue();
    }
    try {
      return switch (text(value)) {
        case "Infinity" -> Double.POSITIVE_INFINITY;
        case "-Infinity" -> Double.NEGATIVE_INFINITY;
        case String text -> Double.parseDouble(text);
      };
    } catch (NumberFormatException e) {
      throw new OtherShape("not a number: " + value, e);
    }
  }

  private static long small(JsonNode value, long least, long most) {
    BigInteger number = integer(value);
    if (number.compareTo(BigInteger.valueOf(least)) < 0
        || number.compareTo(BigInteger.valueOf(most)) > 0) {
      throw new OtherShape("more than 32 bits: " + value, null);
    }
    return number.longValue();
  }

  /** Of 64 bits, with a sign or without. */
  private static BigInteger integer(JsonNode value) {
    try {
      BigInteger number =
          value.isNumber()
              ? value.isIntegralNumber()
                  ? value.bigIntegerValue()
                  : BigInteger.valueOf(value.decimalValue().longValueExact())
              : new BigInteger(text(value).strip());
      if (number.signum() < 0 ? number.bitLength() > 63 : number.bitLength() > 64) {
        throw new OtherShape("more than 64 bits: " + value, null);
      }
      return number;
    } catch (NumberFormatException | ArithmeticException e) {
      throw new OtherShape("not a whole number: " + value, e);
    }
  }
}
