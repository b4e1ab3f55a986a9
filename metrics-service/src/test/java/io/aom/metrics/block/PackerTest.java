package io.aom.metrics.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.Removal;
import io.aom.metrics.chunk.ExemplarsColumn;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.chunk.SamplesColumn;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.telemetry.TenantId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class PackerTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final int MOST = Packer.PART_BYTES;
  private static final long NOON = 43_200_000;

  private final List<BlockPart> parts = new ArrayList<>();
  private final Packer packer = new Packer(ACME, parts::add);

  private static Labels series(int number) {
    return Labels.of("__name__", "size", "i", String.format("%04d", number));
  }

  /** Histograms that are told apart by their length. */
  private static SampleColumns histograms(int count, int bytes) {
    SampleColumns samples = new SampleColumns();
    for (int i = 0; i < count; i++) {
      samples.append(NOON + i * 1_000L, new byte[bytes + i]);
    }
    return samples;
  }

  /** What the parts hold, by series; a time that is in two of them is there twice. */
  private static TreeMap<String, String> held(List<BlockPart> parts) {
    TreeMap<String, SampleColumns> held = new TreeMap<>();
    for (BlockPart part : parts) {
      List<Labels> labels = LabelsColumn.decode(part.columns().get(MetricsBlockFormat.LABELS));
      SamplesColumn samples = SamplesColumn.open(part.columns().get(MetricsBlockFormat.SAMPLES));
      int rows = 0;
      for (int i = 0; i < labels.size(); i++) {
        SampleColumns some = samples.decode(i);
        held.computeIfAbsent(labels.get(i).toString(), key -> new SampleColumns())
            .appendAll(some, 0, some.size());
        rows += some.size();
        assertThat(some.time(0)).isGreaterThanOrEqualTo(part.startMillis());
        assertThat(some.time(some.size() - 1)).isLessThanOrEqualTo(part.endMillis());
      }
      assertThat(part.rows()).isEqualTo(rows);
    }
    TreeMap<String, String> text = new TreeMap<>();
    held.forEach((labels, samples) -> text.put(labels, samples.toString()));
    return text;
  }

  private static List<Labels> firsts(List<BlockPart> parts) {
    return parts.stream()
        .map(part -> LabelsColumn.decode(part.columns().get(MetricsBlockFormat.LABELS)).getFirst())
        .toList();
  }

  @Test
  void largePacksAreHalvedBySeriesAndThenInTime() {
    TreeMap<String, String> expected = new TreeMap<>();
    for (int i = 0; i < 9; i++) {
      SampleColumns samples = histograms(i == 4 ? 30 : 3, 700_000);
      expected.put(series(i).toString(), samples.toString());
      packer.add(series(i), samples, List.of());
    }
    packer.finish();

    assertThat(held(parts)).isEqualTo(expected);
    assertThat(parts).hasSizeLessThan(16).allMatch(part -> part.bytes() <= MOST);
    assertThat(firsts(parts)).isSortedAccordingTo(Packer.ORDER);
  }

  @Test
  void ofAHalvedPackEachHalfComesWithAllItsSamples() {
    int dense = SamplesColumn.MAX_SAMPLES + 10;
    TreeMap<String, String> expected = new TreeMap<>();
    for (int i = 0; i < 20; i++) {
      SampleColumns samples = new SampleColumns(dense);
      Random random = new Random(i);
      for (int s = 0; s < dense; s++) {
        samples.append(s * 1_000L + i, random.nextDouble());
      }
      expected.put(series(i).toString(), samples.toString());
      packer.add(series(i), samples, List.of());
    }
    packer.finish();

    assertThat(held(parts)).isEqualTo(expected);
    assertThat(parts).allMatch(part -> part.bytes() <= MOST);
    assertThat(firsts(parts)).isSortedAccordingTo(Packer.ORDER);
  }

  @Test
  void aSampleThatIsTooLargeByItselfIsAPart() {
    packer.add(series(1), histograms(1, MOST + 1), List.of());
    packer.finish();

    assertThat(held(parts)).isEqualTo(Map.of(series(1).toString(), histograms(1, MOST + 1) + ""));
  }

  @Test
  void exemplarsGoWithTheNearestSample() {
    List<Exemplar> exemplars = new ArrayList<>();
    for (long time = NOON - 500; time < NOON + 25_000; time += 500) {
      exemplars.add(new Exemplar(Labels.of("trace_id", "" + time), time, 1));
    }
    packer.add(series(1), histograms(20, 1_000_000), exemplars);
    packer.finish();

    assertThat(parts).hasSizeGreaterThan(2);
    Map<Exemplar, Long> endOfPart = new LinkedHashMap<>();
    long last = NOON + 19_000;
    for (BlockPart part : parts) {
      for (Exemplar one :
          ExemplarsColumn.decode(part.columns().get(MetricsBlockFormat.EXEMPLARS)).getFirst()) {
        assertThat(endOfPart.put(one, part.endMillis())).isNull();
        assertThat(Math.clamp(one.timeMillis(), NOON, last))
            .isBetween(part.startMillis() - 500, part.endMillis() + 500);
      }
    }
    assertThat(endOfPart.keySet()).containsExactlyElementsOf(exemplars);
  }

  @Test
  void anExemplarOfTheDayBeforeTheFirstSampleIsKept() {
    long midnight = 86_400_000L * 20_000;
    SampleColumns samples = new SampleColumns();
    samples.append(midnight + 5_000, 1);
    Exemplar before = new Exemplar(Labels.of("trace_id", "a"), midnight - 1_000, 1);
    packer.add(series(1), samples, List.of(before));
    packer.finish();

    assertThat(parts).hasSize(1);
    assertThat(ExemplarsColumn.decode(parts.getFirst().columns().get(MetricsBlockFormat.EXEMPLARS)))
        .containsExactly(List.of(before));
  }

  @Test
  void seriesDoNotWaitForOthersOnceTheyTakeMuchMemory() {
    byte[] large = new byte[1 << 20];
    for (int i = 0; i < 100; i++) {
      SampleColumns samples = new SampleColumns();
      samples.append(NOON, large); // The same array, so that this test takes little itself.
      packer.add(series(i), samples, List.of());
      assertThat(packer.waitingBytes()).isLessThanOrEqualTo(Packer.PACK_BYTES);
    }
    assertThat(parts).isNotEmpty();
    packer.finish();

    assertThat(held(parts)).hasSize(100);
    assertThat(firsts(parts)).isSortedAccordingTo(Packer.ORDER);
  }

  /** Parts of blocks, and what they are. */
  private static final class Stored {
    private final Map<FoundPart, BlockPart> parts = new HashMap<>();
    private final List<List<FoundPart>> blocks = new ArrayList<>();
    private final List<Integer> fetched = new ArrayList<>();

    void add(Consumer<Packer> series) {
      List<FoundPart> found = new ArrayList<>();
      Packer sealing = new Packer(ACME, part -> found.add(place(part)));
      series.accept(sealing);
      sealing.finish();
      blocks.add(found);
    }

    private FoundPart place(BlockPart part) {
      FoundPart place =
          new FoundPart(
              "index",
              "part" + parts.size(),
              0,
              blocks.size(),
              1,
              part.startMillis(),
              part.endMillis(),
              part.rows(),
              part.bytes(),
              part.tier());
      parts.put(place, part);
      return place;
    }

    void merge(Consumer<BlockPart> merged) {
      new SeriesMerger(List.of()).merge(ACME, blocks, this::fetch, Removal.NONE, merged);
    }

    private Map<FoundPart, Map<String, byte[]>> fetch(
        Collection<FoundPart> some, List<String> columns) {
      fetched.add(some.stream().mapToInt(FoundPart::bytes).sum());
      Map<FoundPart, Map<String, byte[]>> read = new HashMap<>();
      some.forEach(part -> read.put(part, parts.get(part).columns()));
      return read;
    }
  }

  @Test
  void aMergeOfHalvedPacksHoldsTheSame() {
    Stored stored = new Stored();
    for (int block = 0; block < 3; block++) {
      long from = NOON + block * 60_000L;
      int first = block;
      stored.add(
          sealing -> {
            for (int i = 0; i < 6; i++) {
              SampleColumns samples = new SampleColumns();
              for (int s = 0; s < (i == 2 ? 14 : 2); s++) {
                samples.append(from + s * 1_000L, new byte[800_000 + first + i * 100 + s]);
              }
              sealing.add(series(i), samples, List.of());
            }
          });
    }

    stored.merge(parts::add);

    assertThat(held(parts))
        .isEqualTo(
            held(stored.blocks.stream().flatMap(List::stream).map(stored.parts::get).toList()));
    assertThat(parts).allMatch(part -> part.bytes() <= MOST);
    assertThat(stored.fetched).allMatch(bytes -> bytes <= MOST);
  }
}
