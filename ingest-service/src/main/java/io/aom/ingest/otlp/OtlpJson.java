package io.aom.ingest.otlp;

import io.aom.ingest.intake.Signal;
import io.aom.ingest.intake.SliceMemory;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/**
 * Rewrites OTLP/JSON as protobuf
 * (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). It is protobuf's JSON mapping
 * except that trace and span ids are hex, enums are numbers, and names nobody knows are passed
 * over. 64-bit integers may be strings or numbers. Thread-safe.
 */
final class OtlpJson {
  /**
   * Messages, lists and maps within each other; attributes may nest 32 deep at four levels each.
   */
  private static final int MAX_NESTING = 200;

  private static final long MOST_32 = 0xFFFFFFFFL;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_NESTING)
                  .maxStringLength(16 * 1024 * 1024)
                  .maxNumberLength(64)
                  .build())
          .build();

  /** How a field's JSON reads and how its bytes are written. */
  private enum Type {
    STRING,
    BYTES,
    /** Bytes that are hex in JSON. */
    HEX,
    BOOL,
    /** int64, uint64. */
    VARINT,
    /** uint32, enums. */
    VARINT32,
    /** sint32. */
    SINT,
    FIXED32,
    FIXED64,
    DOUBLE,
    MESSAGE
  }

  /** A field by its JSON name. */
  private record Field(int number, Type type, boolean repeated, String message) {}

  private static final Map<String, Map<String, Field>> MESSAGES = messages();

  private final JsonParser json;
  private final ProtoWriter writer;
  private final SliceMemory memory;
  private int paid;

  private OtlpJson(JsonParser json, ProtoWriter writer, SliceMemory memory) {
    this.json = json;
    this.writer = writer;
    this.memory = memory;
  }

  /**
   * The request as protobuf, which may be four times as long: a number takes 8 bytes.
   *
   * @param memory pays for it
   * @throws MalformedWireException if it is not JSON or not of that shape
   * @throws io.aom.telemetry.RejectedException if there is no room for it
   */
  static ProtoWriter toProtobuf(Signal signal, byte[] body, int length, SliceMemory memory) {
    ProtoWriter writer = new ProtoWriter(Math.max(256, length / 2));
    String root =
        switch (signal) {
          case METRICS -> "MetricsRequest";
          case LOGS -> "LogsRequest";
          case SPANS -> "TraceRequest";
        };
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body, 0, length)) {
      OtlpJson request = new OtlpJson(json, writer, memory);
      request.pay();
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw request.malformed("not an object");
      }
      request.message(root);
      if (json.nextToken() != null) {
        throw request.malformed("something after the request");
      }
      return writer;
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation();
      throw new MalformedWireException(
          "byte "
              + (at == null ? 0 : Math.max(0, at.getByteOffset()))
              + ": "
              + e.getOriginalMessage());
    }
  }

  /** Takes what the writer has grown by. */
  private void pay() {
    int capacity = writer.array().length;
    if (capacity > paid) {
      memory.take(capacity - (long) paid);
      paid = capacity;
    }
  }

  private void message(String name) {
    Map<String, Field> fields = MESSAGES.get(name);
    if (fields == null) {
      throw new IllegalStateException("message: " + name + " (expected: a known one)");
    }
    while (json.nextToken() != JsonToken.END_OBJECT) {
      Field field = fields.get(json.currentName());
      JsonToken token = json.nextToken();
      if (field == null) {
        json.skipChildren();
      } else if (token != JsonToken.VALUE_NULL) { // null is the same as not there
        if (field.repeated()) {
          array(field);
        } else {
          value(field);
        }
        pay();
      }
    }
  }

  private void array(Field field) {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw malformed("not a list");
    }
    boolean packed = field.type() != Type.MESSAGE && field.type() != Type.STRING;
    int begun = packed ? writer.begin(field.number()) : 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (!packed) {
        value(field);
      } else if (field.type() == Type.DOUBLE) {
        writer.packedFixed64(Double.doubleToRawLongBits(number()));
      } else if (field.type() == Type.FIXED64) {
        writer.packedFixed64(integer());
      } else {
        writer.packedVarint(integer());
      }
      pay();
    }
    if (packed) {
      writer.end(begun);
    }
  }

  private void value(Field field) {
    int number = field.number();
    switch (field.type()) {
      case STRING -> writer.string(number, text());
      case BYTES -> {
        byte[] bytes = base64();
        writer.bytes(number, bytes, 0, bytes.length);
      }
      case HEX -> {
        byte[] bytes = hex();
        writer.bytes(number, bytes, 0, bytes.length);
      }
      case BOOL -> writer.varint(number, bool() ? 1 : 0);
      case VARINT -> writer.varint(number, integer());
      case VARINT32 -> writer.varint(number, small(Integer.MIN_VALUE, MOST_32));
      case SINT -> writer.sint(number, small(Integer.MIN_VALUE, Integer.MAX_VALUE));
      case FIXED32 -> writer.fixed32(number, (int) small(Integer.MIN_VALUE, MOST_32));
      case FIXED64 -> writer.fixed64(number, integer());
      case DOUBLE -> writer.float64(number, number());
      case MESSAGE -> {
        if (json.currentToken() != JsonToken.START_OBJECT) {
          throw malformed("not an object");
        }
        int begun = writer.begin(number);
        message(field.message());
        writer.end(begun);
      }
    }
  }

  private String text() {
    if (json.currentToken() != JsonToken.VALUE_STRING) {
      throw malformed("not a string");
    }
    return json.getString();
  }

  private boolean bool() {
    return switch (json.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case null, default -> throw malformed("not true or false");
    };
  }

  /** A whole number, also written as a string; unsigned ones above the range of long wrap. */
  private long integer() {
    try {
      return switch (json.currentToken()) {
        case VALUE_NUMBER_INT -> parse(json.getString());
        case VALUE_STRING -> parse(json.getString().strip());
        case VALUE_NUMBER_FLOAT -> json.getDecimalValue().longValueExact();
        case null, default -> throw malformed("not a whole number");
      };
    } catch (NumberFormatException e) {
      throw malformed("not a whole number of 64 bits");
    } catch (ArithmeticException e) {
      throw malformed("not a whole number");
    }
  }

  /** A whole number of 32 bits: one that is larger would stand for quite another. */
  private long small(long least, long most) {
    long value = integer();
    boolean wrapped = value < 0 && !json.getString().strip().startsWith("-");
    if (wrapped || value < least || value > most) {
      throw malformed("not a whole number from " + least + " to " + most);
    }
    return value;
  }

  private static long parse(String digits) {
    return digits.startsWith("-") ? Long.parseLong(digits) : Long.parseUnsignedLong(digits);
  }

  private double number() {
    try {
      return switch (json.currentToken()) {
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getDoubleValue();
        case VALUE_STRING ->
            switch (json.getString()) {
              case "NaN" -> Double.NaN;
              case "Infinity" -> Double.POSITIVE_INFINITY;
              case "-Infinity" -> Double.NEGATIVE_INFINITY;
              case String digits -> Double.parseDouble(digits);
            };
        case null, default -> throw malformed("not a number");
      };
    } catch (NumberFormatException e) {
      throw malformed("not a number");
    }
  }

  private byte[] hex() {
    String text = text();
    try {
      return HexFormat.of().parseHex(text);
    } catch (IllegalArgumentException e) {
      throw malformed("not hex");
    }
  }

  private byte[] base64() {
    String text = text().replace('-', '+').replace('_', '/');
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw malformed("not base64");
    }
  }

  private MalformedWireException malformed(String what) {
    String name = json.currentName();
    return new MalformedWireException(
        "byte "
            + Math.max(0, json.currentTokenLocation().getByteOffset())
            + ": "
            + (name == null ? "body" : name)
            + " is "
            + what);
  }

  private static Map<String, Map<String, Field>> messages() {
    return Map.ofEntries(
        message("LogsRequest", "resourceLogs:1:*ResourceLogs"),
        message("TraceRequest", "resourceSpans:1:*ResourceSpans"),
        message("MetricsRequest", "resourceMetrics:1:*ResourceMetrics"),
        message(
            "ResourceLogs", "resource:1:Resource", "scopeLogs:2:*ScopeLogs", "schemaUrl:3:string"),
        message(
            "ResourceSpans",
            "resource:1:Resource",
            "scopeSpans:2:*ScopeSpans",
            "schemaUrl:3:string"),
        message(
            "ResourceMetrics",
            "resource:1:Resource",
            "scopeMetrics:2:*ScopeMetrics",
            "schemaUrl:3:string"),
        message("ScopeLogs", "scope:1:Scope", "logRecords:2:*LogRecord", "schemaUrl:3:string"),
        message("ScopeSpans", "scope:1:Scope", "spans:2:*Span", "schemaUrl:3:string"),
        message("ScopeMetrics", "scope:1:Scope", "metrics:2:*Metric", "schemaUrl:3:string"),
        message(
            "Resource",
            "attributes:1:*KeyValue",
            "droppedAttributesCount:2:varint32",
            "entityRefs:3:*EntityRef"),
        message(
            "EntityRef",
            "schemaUrl:1:string",
            "type:2:string",
            "idKeys:3:*string",
            "descriptionKeys:4:*string"),
        message(
            "Scope",
            "name:1:string",
            "version:2:string",
            "attributes:3:*KeyValue",
            "droppedAttributesCount:4:varint32"),
        message("KeyValue", "key:1:string", "value:2:AnyValue"),
        message(
            "AnyValue",
            "stringValue:1:string",
            "boolValue:2:bool",
            "intValue:3:varint",
            "doubleValue:4:double",
            "arrayValue:5:ArrayValue",
            "kvlistValue:6:KeyValueList",
            "bytesValue:7:bytes"),
        message("ArrayValue", "values:1:*AnyValue"),
        message("KeyValueList", "values:1:*KeyValue"),
        message(
            "LogRecord",
            "timeUnixNano:1:fixed64",
            "severityNumber:2:varint32",
            "severityText:3:string",
            "body:5:AnyValue",
            "attributes:6:*KeyValue",
            "droppedAttributesCount:7:varint32",
            "flags:8:fixed32",
            "traceId:9:hex",
            "spanId:10:hex",
            "observedTimeUnixNano:11:fixed64",
            "eventName:12:string"),
        message(
            "Span",
            "traceId:1:hex",
            "spanId:2:hex",
            "traceState:3:string",
            "parentSpanId:4:hex",
            "name:5:string",
            "kind:6:varint32",
            "startTimeUnixNano:7:fixed64",
            "endTimeUnixNano:8:fixed64",
            "attributes:9:*KeyValue",
            "droppedAttributesCount:10:varint32",
            "events:11:*Event",
            "droppedEventsCount:12:varint32",
            "links:13:*Link",
            "droppedLinksCount:14:varint32",
            "status:15:Status",
            "flags:16:fixed32"),
        message(
            "Event",
            "timeUnixNano:1:fixed64",
            "name:2:string",
            "attributes:3:*KeyValue",
            "droppedAttributesCount:4:varint32"),
        message(
            "Link",
            "traceId:1:hex",
            "spanId:2:hex",
            "traceState:3:string",
            "attributes:4:*KeyValue",
            "droppedAttributesCount:5:varint32",
            "flags:6:fixed32"),
        message("Status", "message:2:string", "code:3:varint32"),
        message(
            "Metric",
            "name:1:string",
            "description:2:string",
            "unit:3:string",
            "gauge:5:Gauge",
            "sum:7:Sum",
            "histogram:9:Histogram",
            "exponentialHistogram:10:ExponentialHistogram",
            "summary:11:Summary",
            "metadata:12:*KeyValue"),
        message("Gauge", "dataPoints:1:*NumberPoint"),
        message(
            "Sum",
            "dataPoints:1:*NumberPoint",
            "aggregationTemporality:2:varint32",
            "isMonotonic:3:bool"),
        message("Histogram", "dataPoints:1:*HistogramPoint", "aggregationTemporality:2:varint32"),
        message(
            "ExponentialHistogram",
            "dataPoints:1:*ExponentialPoint",
            "aggregationTemporality:2:varint32"),
        message("Summary", "dataPoints:1:*SummaryPoint"),
        message(
            "NumberPoint",
            "startTimeUnixNano:2:fixed64",
            "timeUnixNano:3:fixed64",
            "asDouble:4:double",
            "exemplars:5:*Exemplar",
            "asInt:6:fixed64",
            "attributes:7:*KeyValue",
            "flags:8:varint32"),
        message(
            "HistogramPoint",
            "startTimeUnixNano:2:fixed64",
            "timeUnixNano:3:fixed64",
            "count:4:fixed64",
            "sum:5:double",
            "bucketCounts:6:*fixed64",
            "explicitBounds:7:*double",
            "exemplars:8:*Exemplar",
            "attributes:9:*KeyValue",
            "flags:10:varint32",
            "min:11:double",
            "max:12:double"),
        message(
            "ExponentialPoint",
            "attributes:1:*KeyValue",
            "startTimeUnixNano:2:fixed64",
            "timeUnixNano:3:fixed64",
            "count:4:fixed64",
            "sum:5:double",
            "scale:6:sint",
            "zeroCount:7:fixed64",
            "positive:8:Buckets",
            "negative:9:Buckets",
            "flags:10:varint32",
            "exemplars:11:*Exemplar",
            "min:12:double",
            "max:13:double",
            "zeroThreshold:14:double"),
        message("Buckets", "offset:1:sint", "bucketCounts:2:*varint"),
        message(
            "SummaryPoint",
            "startTimeUnixNano:2:fixed64",
            "timeUnixNano:3:fixed64",
            "count:4:fixed64",
            "sum:5:double",
            "quantileValues:6:*Quantile",
            "attributes:7:*KeyValue",
            "flags:8:varint32"),
        message("Quantile", "quantile:1:double", "value:2:double"),
        message(
            "Exemplar",
            "timeUnixNano:2:fixed64",
            "asDouble:3:double",
            "spanId:4:hex",
            "traceId:5:hex",
            "asInt:6:fixed64",
            "filteredAttributes:7:*KeyValue"));
  }

  /** Each field as {@code jsonName:number:type}, the type with a star if it is repeated. */
  private static Map.Entry<String, Map<String, Field>> message(String name, String... fields) {
    Map<String, Field> byName = new java.util.HashMap<>();
    for (String field : fields) {
      String[] parts = field.split(":", 3);
      boolean repeated = parts[2].startsWith("*");
      String type = repeated ? parts[2].substring(1) : parts[2];
      Type known =
          Character.isUpperCase(type.charAt(0))
              ? Type.MESSAGE
              : Type.valueOf(type.toUpperCase(java.util.Locale.ROOT));
      byName.put(parts[0], new Field(Integer.parseInt(parts[1]), known, repeated, type));
    }
    return Map.entry(name, Map.copyOf(byName));
  }
}
