package io.aom.ingest.otlp;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes messages of OTLP as JSON. */
public final class OtlpJsonWriter {
  private static final JsonMapper JSON = JsonMapper.shared();

  private OtlpJsonWriter() {}

  /**
   * A message as OTLP/JSON.
   *
   * @param random decides where there are several ways to write it
   */
  public static String json(Message message, Random random) {
    return toJson(message, random).toString();
  }

  private static ObjectNode toJson(Message message, Random random) {
    ObjectNode json = JSON.createObjectNode();
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              if (field.isRepeated()) {
                ArrayNode list = json.putArray(field.getJsonName());
                ((List<?>) value).forEach(each -> list.addPOJO(toJson(field, each, random)));
              } else {
                json.putPOJO(field.getJsonName(), toJson(field, value, random));
              }
            });
    return json;
  }

  private static Object toJson(FieldDescriptor field, Object value, Random random) {
    return switch (field.getJavaType()) {
      case MESSAGE -> toJson((Message) value, random);
      case ENUM -> ((EnumValueDescriptor) value).getNumber();
      case LONG -> {
        boolean unsigned = field.toProto().getType().name().matches(".*(FIXED64|UINT64)");
        String digits =
            unsigned && !field.toProto().getType().name().contains("SFIXED")
                ? Long.toUnsignedString((Long) value)
                : value.toString();
        yield random.nextBoolean() ? digits : new java.math.BigInteger(digits);
      }
      case DOUBLE -> {
        double number = (Double) value;
        yield Double.isFinite(number) ? value : Double.toString(number); // "NaN", "-Infinity"
      }
      case BYTE_STRING -> {
        byte[] bytes = ((ByteString) value).toByteArray();
        yield field.getName().endsWith("_id")
            ? HexFormat.of().formatHex(bytes)
            : Base64.getEncoder().encodeToString(bytes);
      }
      case INT, FLOAT, BOOLEAN, STRING -> value;
    };
  }
}
