package io.aom.telemetry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ProtoRoundTripTest {
  @Property
  void varintsAndFixedValuesReadBackAsWritten(@ForAll long varint, @ForAll double value) {
    ProtoWriter writer = new ProtoWriter(0);
    writer.varint(1, varint).sint(2, varint).float64(3, value).fixed64(4, varint);
    ProtoReader reader = new ProtoReader(writer.toByteArray());

    assertThat(reader.next()).isTrue();
    assertThat(reader.int64()).isEqualTo(varint);
    assertThat(reader.next()).isTrue();
    assertThat(reader.sint64()).isEqualTo(varint);
    assertThat(reader.next()).isTrue();
    assertThat(Double.doubleToRawLongBits(reader.float64()))
        .isEqualTo(Double.doubleToRawLongBits(value));
    assertThat(reader.next()).isTrue();
    assertThat(reader.fixed64()).isEqualTo(varint);
    assertThat(reader.next()).isFalse();
  }

  @Property
  void readsWhatProtobufWrites(@ForAll String key, @ForAll String value) {
    byte[] bytes =
        Resource.newBuilder()
            .addAttributes(
                KeyValue.newBuilder()
                    .setKey("k" + key)
                    .setValue(AnyValue.newBuilder().setStringValue(value)))
            .build()
            .toByteArray();
    ProtoReader reader = new ProtoReader(bytes);

    assertThat(reader.next()).isTrue();
    int outer = reader.enter();
    assertThat(reader.next()).isTrue();
    assertThat(reader.string().getBytes(java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo(("k" + key).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    reader.leave(outer);
    assertThat(reader.next()).isFalse();
  }

  @Test
  void protobufReadsNestedMessagesLongerThanOneLengthByte() throws Exception {
    ProtoWriter writer = new ProtoWriter(0);
    int keyValue = writer.begin(1);
    writer.string(1, "key");
    int any = writer.begin(2);
    writer.string(1, "v".repeat(20_000));
    writer.end(any);
    writer.end(keyValue);

    Resource parsed = Resource.parseFrom(writer.toByteArray());

    assertThat(parsed.getAttributes(0).getValue().getStringValue()).hasSize(20_000);
  }

  @Property
  void anyBytesEitherEndOrAreRefused(@ForAll byte[] garbage) {
    ProtoReader reader = new ProtoReader(garbage);
    try {
      while (reader.next()) {
        reader.skip();
      }
      assertThat(reader.position()).isEqualTo(garbage.length);
    } catch (MalformedWireException expected) {
      assertThat(expected.getMessage()).startsWith("byte ");
    }
  }

  @Test
  void aLengthBeyondTheMessageIsRefusedBeforeAnythingIsAllocated() {
    ProtoWriter writer = new ProtoWriter(0);
    writer.varint(1, 1);
    byte[] lie = {0x0A, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x07};
    ProtoReader reader = new ProtoReader(lie);
    reader.next();

    assertThatThrownBy(reader::byteArray)
        .isInstanceOf(MalformedWireException.class)
        .hasMessageContaining("length 2147483647");
  }
}
