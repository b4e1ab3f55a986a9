package io.aom.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

class RemoteWritePayloadsTest {
  private static final long START = 1_700_000_010_000L;
  private final RemoteWritePayloads payloads = new RemoteWritePayloads("r1", 4_500, 2);

  @Test
  void sameArgumentsGiveTheSameBytes() throws IOException {
    var again = new RemoteWritePayloads("r1", 4_500, 2).round(3, START);
    var round = payloads.round(3, START);
    for (int step = 0; step < 2; step++) {
      assertThat(round.steps().get(step))
          .hasSize(3)
          .usingElementComparator(java.util.Arrays::compare)
          .isEqualTo(again.steps().get(step));
    }
  }

  @Test
  void everySeriesHasTenSortedLabelsOfItsOwnAndOneSampleAStep() throws IOException {
    var round = payloads.round(1, START);
    assertThat(round.items()).isEqualTo(9_000);
    assertThat(round.lastMillis()).isEqualTo(START + 3 * RemoteWritePayloads.STEP_MILLIS);
    double sum = 0;
    long last = 0;
    var identities = new HashSet<String>();
    for (List<byte[]> step : round.steps()) {
      for (byte[] body : step) {
        for (Series series : decode(Snappy.uncompress(body))) {
          assertThat(series.names()).hasSize(10).isSorted().doesNotHaveDuplicates();
          identities.add(series.identity());
          sum += series.value();
          last = Math.max(last, series.time());
        }
      }
    }
    assertThat(identities).hasSize(4_500);
    assertThat(sum).isEqualTo(round.valueSum());
    assertThat(last).isEqualTo(round.lastMillis());
  }

  private record Series(List<String> names, String identity, double value, long time) {}

  /** Reads what the protocol's definition says, without the code that wrote it. */
  private static List<Series> decode(byte[] bytes) {
    var found = new ArrayList<Series>();
    var in = new Cursor(bytes, 0, bytes.length);
    while (in.more()) {
      Cursor series = in.message(1);
      var names = new ArrayList<String>();
      var identity = new StringBuilder();
      for (int i = 0; i < 10; i++) {
        Cursor label = series.message(1);
        names.add(label.text(1));
        identity.append(label.text(2)).append('\n');
      }
      Cursor sample = series.message(2);
      assertThat(sample.varint()).isEqualTo(1 << 3 | 1);
      double value = sample.float64();
      assertThat(sample.varint()).isEqualTo(2 << 3);
      found.add(new Series(names, identity.toString(), value, sample.varint()));
      assertThat(sample.more() || series.more()).isFalse();
    }
    return found;
  }

  private static final class Cursor {
    private final byte[] bytes;
    private int at;
    private final int end;

    Cursor(byte[] bytes, int at, int end) {
      this.bytes = bytes;
      this.at = at;
      this.end = end;
    }

    boolean more() {
      return at < end;
    }

    long varint() {
      long value = 0;
      int shift = 0;
      while (bytes[at] < 0) {
        value |= (bytes[at++] & 0x7fL) << shift;
        shift += 7;
      }
      return value | (long) bytes[at++] << shift;
    }

    Cursor message(int field) {
      assertThat(varint()).isEqualTo((long) field << 3 | 2);
      int length = Math.toIntExact(varint());
      at += length;
      return new Cursor(bytes, at - length, at);
    }

    String text(int field) {
      Cursor text = message(field);
      return new String(bytes, text.at, text.end - text.at, StandardCharsets.UTF_8);
    }

    double float64() {
      long bits = 0;
      for (int i = 0; i < 8; i++) {
        bits |= (bytes[at++] & 0xffL) << (8 * i);
      }
      return Double.longBitsToDouble(bits);
    }
  }
}
