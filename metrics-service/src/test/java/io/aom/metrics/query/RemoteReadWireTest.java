package io.aom.metrics.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.metrics.promql.SeriesSource.Selection;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.Series;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class RemoteReadWireTest {
  private static byte[] request(int kind, String value, int... accepted) {
    ProtoWriter out = new ProtoWriter(64);
    int query = out.begin(1);
    out.varint(1, 1000).varint(2, 5000);
    int matcher = out.begin(3);
    out.varint(1, kind).string(2, "job").string(3, value);
    out.end(matcher);
    out.end(query);
    for (int one : accepted) {
      out.varint(2, one);
    }
    return out.toByteArray();
  }

  @Test
  void readsARequestWithBothEndsInIt() {
    assertThat(RemoteReadWire.decode(request(2, "a|b")))
        .isEqualTo(
            new RemoteReadWire.Request(
                List.of(
                    new Selection(
                        List.of(new LabelMatcher(LabelMatcher.Kind.REGEX, "job", "a|b")),
                        999,
                        5000,
                        false)),
                false,
                true));
  }

  @Test
  void takesTheFirstFormThatTheClientNames() {
    assertThat(RemoteReadWire.decode(request(0, "a", 1, 0)))
        .matches(request -> request.streamed() && request.sampled());
    assertThat(RemoteReadWire.decode(request(0, "a", 1)))
        .matches(request -> request.streamed() && !request.sampled());
    assertThat(RemoteReadWire.decode(request(0, "a", 0, 1)))
        .matches(request -> !request.streamed() && request.sampled());
  }

  @Test
  void refusesWhatIsNoRequest() {
    for (byte[] bad : List.of(request(4, "a"), request(2, "("), new byte[] {10, 100})) {
      assertThatThrownBy(() -> RemoteReadWire.decode(bad))
          .isInstanceOf(RejectedException.class)
          .hasMessageStartingWith("remote read: ");
    }
  }

  @Test
  void streamsFramesThatHoldEverySample() throws IOException {
    SampleColumns samples = new SampleColumns();
    SplittableRandom random = new SplittableRandom(1);
    long time = 1_000;
    for (int i = 0; i < 250; i++) {
      time += i % 7 == 0 ? random.nextLong(1, 1L << 33) : random.nextLong(14_000, 16_000);
      samples.append(time, i % 5 == 0 ? random.nextDouble() : i);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    RemoteReadWire.stream(
        List.of(List.of(), List.of(new Series(Labels.of("__name__", "up"), samples))), out);

    ProtoReader message = new ProtoReader(frame(out.toByteArray()));
    List<Long> times = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    long query = -1;
    while (message.next()) {
      if (message.field() == 2) {
        query = message.int64();
        continue;
      }
      int outer = message.enter();
      while (message.next()) {
        if (message.field() == 2) {
          readChunk(message, times, values);
        } else {
          message.skip();
        }
      }
      message.leave(outer);
    }
    assertThat(query).isEqualTo(1);
    assertThat(times).hasSize(250);
    for (int i = 0; i < 250; i++) {
      assertThat(times.get(i)).isEqualTo(samples.time(i));
      assertThat(values.get(i)).isEqualTo(samples.value(i));
    }
  }

  /** The one frame, after its length and checksum have been checked. */
  private static byte[] frame(byte[] bytes) {
    int at = 0;
    int length = 0;
    int shift = 0;
    do {
      length |= (bytes[at] & 0x7F) << shift;
      shift += 7;
    } while (bytes[at++] < 0);
    assertThat(bytes).hasSize(at + 4 + length);
    byte[] message = java.util.Arrays.copyOfRange(bytes, at + 4, bytes.length);
    CRC32C crc = new CRC32C();
    crc.update(message);
    assertThat(HexFormat.of().formatHex(bytes, at, at + 4))
        .isEqualTo(HexFormat.of().toHexDigits((int) crc.getValue()));
    return message;
  }

  private static void readChunk(ProtoReader in, List<Long> times, List<Double> values) {
    int outer = in.enter();
    byte[] data = {};
    long first = 0;
    long last = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> first = in.int64();
        case 2 -> last = in.int64();
        case 3 -> assertThat(in.int64()).isEqualTo(1);
        case 4 -> data = in.byteArray();
        default -> in.skip();
      }
    }
    in.leave(outer);
    int before = times.size();
    new XorChunkReader(data).read(times, values);
    assertThat(times.get(before)).isEqualTo(first);
    assertThat(times.getLast()).isEqualTo(last);
  }

  /** Reads Prometheus's XOR chunk bit by bit, as its format's description says. */
  private static final class XorChunkReader {
    private final byte[] bytes;
    private long at;

    XorChunkReader(byte[] bytes) {
      this.bytes = bytes;
    }

    private long bits(int count) {
      long value = 0;
      for (int i = 0; i < count; i++, at++) {
        value = value << 1 | bytes[(int) (at >>> 3)] >>> (7 - (at & 7)) & 1;
      }
      return value;
    }

    private long varint() {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        long next = bits(8);
        value |= (next & 0x7F) << shift;
        if (next < 0x80) {
          return value;
        }
      }
    }

    private long deltaOfDelta() {
      int width = 0;
      for (int next : new int[] {14, 17, 20, 64}) {
        if (bits(1) == 0) {
          break;
        }
        width = next;
      }
      long value = bits(width);
      return width > 0 && width < 64 && value > 1L << width - 1 ? value - (1L << width) : value;
    }

    void read(List<Long> times, List<Double> values) {
      int count = (int) bits(16);
      long zigzag = varint();
      long time = zigzag >>> 1 ^ -(zigzag & 1);
      long value = bits(64);
      times.add(time);
      values.add(Double.longBitsToDouble(value));
      long delta = 0;
      int leading = 0;
      int trailing = 0;
      for (int i = 1; i < count; i++) {
        delta = i == 1 ? varint() : delta + deltaOfDelta();
        time += delta;
        if (bits(1) == 1) {
          if (bits(1) == 1) {
            leading = (int) bits(5);
            int width = (int) bits(6);
            trailing = 64 - leading - (width == 0 ? 64 : width);
          }
          value ^= bits(64 - leading - trailing) << trailing;
        }
        times.add(time);
        values.add(Double.longBitsToDouble(value));
      }
    }
  }
}
