package io.aom.fuzz;

import com.google.protobuf.CodedInputStream;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * ProtoReader finds in any bytes the same fields as protobuf-java, or both refuse them. Stricter by
 * intent, and so also here: groups; tags and lengths beyond 32 bits, which protobuf-java cuts; a
 * tenth byte of a varint that says there is another, which protobuf-java takes for the last.
 */
final class WireTarget implements Target {
  private static final int MAX_DEPTH = 4;

  @Override
  public List<byte[]> seeds() {
    NumberDataPoint point =
        NumberDataPoint.newBuilder()
            .setTimeUnixNano(1_790_000_000_000_000_000L)
            .setAsInt(-1)
            .setFlags(1)
            .addAttributes(
                KeyValue.newBuilder()
                    .setKey("k\u00e4")
                    .setValue(AnyValue.newBuilder().setIntValue(-5)))
            .build();
    // fixed32, a group, an unused wire type
    byte[] others = {0x0D, 1, 2, 3, 4, 0x0B, 0x08, 0x01, 0x0C, 0x0E, 0x18, (byte) 0x80, 0x01};
    return List.of(point.toByteArray(), others);
  }

  @Override
  public void check(byte[] input) {
    List<String> expected = null;
    try {
      expected = protobuf(input, MAX_DEPTH);
    } catch (IOException malformed) {
      // Then we are to refuse it as well.
    }
    List<String> found = null;
    try {
      found = fields(new ProtoReader(input), MAX_DEPTH);
    } catch (MalformedWireException e) {
      if (!e.getMessage().startsWith("byte ")) {
        throw new AssertionError("refused without a place: " + e.getMessage(), e);
      }
    }
    if (expected == null ? found != null : !expected.equals(found)) {
      throw new AssertionError("found: " + found + " (expected: " + expected + ")");
    }
  }

  private static List<String> fields(ProtoReader in, int depth) {
    List<String> fields = new ArrayList<>();
    while (in.next()) {
      String name = in.field() + "/" + in.wireType() + "=";
      switch (in.wireType()) {
        case ProtoReader.VARINT -> fields.add(name + in.int64());
        case ProtoReader.FIXED64 -> fields.add(name + in.fixed64());
        case ProtoReader.FIXED32 -> fields.add(name + in.fixed32());
        case ProtoReader.BYTES -> {
          int outer = in.enter();
          int from = in.position();
          try {
            fields.add(name + (depth == 0 ? List.of() : fields(in, depth - 1)));
          } catch (MalformedWireException e) {
            fields.add(name + "no message");
          }
          in.leave(outer);
          String text = new String(in.bytes(), from, in.position() - from, StandardCharsets.UTF_8);
          fields.add(text);
        }
        default -> in.skip();
      }
    }
    return fields;
  }

  private static List<String> protobuf(byte[] input, int depth) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(input);
    List<String> fields = new ArrayList<>();
    while (!in.isAtEnd()) {
      long tag = varint(in, input);
      long field = tag >>> 3;
      if (field == 0 || tag >>> 32 != 0) {
        throw new IOException("tag: " + tag);
      }
      String name = field + "/" + (tag & 7) + "=";
      switch ((int) (tag & 7)) {
        case 0 -> fields.add(name + varint(in, input));
        case 1 -> fields.add(name + in.readFixed64());
        case 5 -> fields.add(name + in.readFixed32());
        case 2 -> {
          long length = varint(in, input);
          if (length < 0 || length > input.length) {
            throw new IOException("length: " + length);
          }
          byte[] bytes = in.readRawBytes((int) length);
          try {
            fields.add(name + (depth == 0 ? List.of() : protobuf(bytes, depth - 1)));
          } catch (IOException e) {
            fields.add(name + "no message");
          }
          fields.add(new String(bytes, StandardCharsets.UTF_8));
        }
        default -> throw new IOException("wire type: " + (tag & 7));
      }
    }
    return fields;
  }

  private static long varint(CodedInputStream in, byte[] input) throws IOException {
    long value = in.readRawVarint64();
    if (input[in.getTotalBytesRead() - 1] < 0) {
      throw new IOException("varint longer than 10 bytes");
    }
    return value;
  }
}
