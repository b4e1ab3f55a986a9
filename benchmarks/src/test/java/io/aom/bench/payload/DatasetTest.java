package io.aom.bench.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;

class DatasetTest {
  private static final long START = 1_700_000_007_000L;
  private final Dataset dataset = new Dataset("r1", 2_400, 6, START, 15_000);

  /** Samples by labels. */
  private static Map<Map<String, String>, TreeMap<Long, Double>> decode(List<byte[]> bodies)
      throws IOException {
    var found = new HashMap<Map<String, String>, TreeMap<Long, Double>>();
    for (byte[] body : bodies) {
      for (DecodedFields.Field series : DecodedFields.of(Snappy.uncompress(body))) {
        var labels = new TreeMap<String, String>();
        var samples = new TreeMap<Long, Double>();
        var names = new ArrayList<String>();
        for (DecodedFields.Field part : series.fields()) {
          List<DecodedFields.Field> fields = part.fields();
          if (part.number() == 1) {
            names.add(fields.get(0).text());
            labels.put(fields.get(0).text(), fields.get(1).text());
          } else {
            samples.put(fields.get(1).value(), Double.longBitsToDouble(fields.get(0).value()));
          }
        }
        assertThat(names).isSorted();
        assertThat(found.put(labels, samples)).isNull();
      }
    }
    return found;
  }

  @Test
  void everySeriesIsThereOnceWithASampleAtEachStep() throws IOException {
    var found = decode(dataset.bodies(2, 5));
    assertThat(found).hasSize((int) dataset.allSeries()).hasSize(2_400 + 60);
    assertThat(found.values())
        .allSatisfy(
            samples ->
                assertThat(samples.keySet())
                    .containsExactly(START + 30_000, START + 45_000, START + 60_000));
  }

  @Test
  void aSeriesIsAtTheSamePositionInEveryStep() throws IOException {
    List<byte[]> first = dataset.bodies(0, 1);
    List<byte[]> second = dataset.bodies(1, 2);
    assertThat(first).hasSameSizeAs(second).hasSize(2);
    for (int i = 0; i < first.size(); i++) {
      assertThat(decode(List.of(first.get(i))).keySet())
          .isEqualTo(decode(List.of(second.get(i))).keySet());
    }
  }

  @Test
  void countersRiseAndBucketsHoldThoseBelow() {
    for (int index = 0; index < 200; index++) {
      for (int step = 1; step < 50; step++) {
        assertThat(Dataset.value(index, step)).isGreaterThan(Dataset.value(index, step - 1));
        if (index % Dataset.BUCKETS > 0) {
          assertThat(Dataset.value(index, step)).isGreaterThan(Dataset.value(index - 1, step));
        }
      }
    }
  }

  @Test
  void anInstanceIsAsBigAsItsSelectorSays() throws IOException {
    String first = dataset.bucketsOfOneInstance().replaceAll(".*instance=\"([^\"]*)\".*", "$1");
    assertThat(decode(dataset.bodies(0, 1)).keySet())
        .filteredOn(labels -> first.equals(labels.get("instance")))
        .filteredOn(labels -> labels.containsKey("le"))
        .hasSize(Dataset.PER_INSTANCE);
  }

  @Test
  void refusesLessThanOneHistogram() {
    assertThatThrownBy(() -> new Dataset("r", 9, 1, 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: 10, 1, 1 or more");
  }
}
