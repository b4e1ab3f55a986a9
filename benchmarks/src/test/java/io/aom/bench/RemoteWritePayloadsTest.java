package io.aom.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.bench.payload.DecodedFields;
import java.io.IOException;
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

  private static List<Series> decode(byte[] bytes) {
    var found = new ArrayList<Series>();
    for (DecodedFields.Field series : DecodedFields.of(bytes)) {
      var names = new ArrayList<String>();
      var identity = new StringBuilder();
      List<DecodedFields.Field> parts = series.fields();
      for (DecodedFields.Field label : parts.subList(0, parts.size() - 1)) {
        assertThat(label.number()).isEqualTo(1);
        names.add(label.fields().get(0).text());
        identity.append(label.fields().get(1).text()).append('\n');
      }
      assertThat(parts.getLast().number()).isEqualTo(2);
      List<DecodedFields.Field> sample = parts.getLast().fields();
      assertThat(sample).extracting(DecodedFields.Field::number).containsExactly(1, 2);
      found.add(
          new Series(
              names,
              identity.toString(),
              Double.longBitsToDouble(sample.get(0).value()),
              sample.get(1).value()));
    }
    return found;
  }
}
