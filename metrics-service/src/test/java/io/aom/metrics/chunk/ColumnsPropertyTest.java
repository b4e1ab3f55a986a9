package io.aom.metrics.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.StaleMarker;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ColumnsPropertyTest {
  /** Values as metrics have them, and every bit pattern besides. */
  @Provide
  Arbitrary<Double> values() {
    return Arbitraries.oneOf(
        Arbitraries.integers().between(0, 1000).map(i -> (double) i),
        Arbitraries.longs().map(l -> (double) l),
        Arbitraries.integers().between(-100_000, 100_000).map(i -> i / 100.0),
        Arbitraries.doubles(),
        Arbitraries.longs().map(Double::longBitsToDouble),
        Arbitraries.of(
            StaleMarker.VALUE,
            Double.NaN,
            Double.longBitsToDouble(0xfff8_0000_0000_1234L),
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            -0.0,
            Double.MIN_VALUE,
            Double.MAX_VALUE));
  }

  @Provide
  Arbitrary<List<Double>> columns() {
    return Arbitraries.oneOf(
        values().list().ofMinSize(1).ofMaxSize(300),
        Arbitraries.integers().between(0, 50).map(i -> i * 0.1).list().ofMinSize(1).ofMaxSize(300),
        Arbitraries.integers()
            .between(0, 9)
            .map(i -> (double) i)
            .list()
            .ofMinSize(1)
            .ofMaxSize(300));
  }

  @Property(tries = 400)
  void everyColumnComesBackToTheBit(@ForAll("columns") List<Double> values, @ForAll Random random) {
    SampleColumns samples = samples(values, random);
    OpenChunk open = new OpenChunk();
    for (int i = 0; i < samples.size(); i++) {
      open.append(samples.time(i), Double.doubleToRawLongBits(samples.value(i)));
    }

    SampleColumns sealed = SamplesColumn.open(SamplesColumn.encode(List.of(samples))).decode(0);

    assertSame(sealed, samples);
    assertSame(open.view().decode(Long.MIN_VALUE, Long.MAX_VALUE), samples);
  }

  @Property(tries = 200)
  void startTimesComeBack(@ForAll("columns") List<Double> values, @ForAll Random random) {
    SampleColumns plain = samples(values, random);
    SampleColumns samples = new SampleColumns();
    int kind = random.nextInt(4);
    for (int i = 0; i < plain.size(); i++) {
      long start =
          switch (kind) {
            case 0 -> 1_600_000_000_000L;
            case 1 -> i == 0 ? 0 : plain.time(i - 1);
            case 2 -> random.nextBoolean() ? 0 : plain.time(i);
            default -> random.nextLong();
          };
      samples.append(plain.time(i), plain.value(i), start);
    }

    SampleColumns sealed = SamplesColumn.open(SamplesColumn.encode(List.of(samples))).decode(0);

    assertSame(sealed, samples);
    for (int i = 0; i < samples.size(); i++) {
      assertThat(sealed.start(i)).isEqualTo(samples.start(i));
    }
  }

  @Property(tries = 100)
  void whereNothingStartsNothingIsWritten(@ForAll("columns") List<Double> values) {
    SampleColumns samples = new SampleColumns();
    SampleColumns unknown = new SampleColumns();
    for (int i = 0; i < values.size(); i++) {
      samples.append(i, values.get(i));
      unknown.append(i, values.get(i), i == 0 ? 1 : 0);
    }
    byte[] plain = SamplesColumn.encode(List.of(samples));

    assertThat(plain[0]).isEqualTo((byte) SamplesColumn.WITHOUT_STARTS);
    assertThat(SamplesColumn.encode(List.of(unknown))[0]).isEqualTo((byte) SamplesColumn.VERSION);
    assertThat(SamplesColumn.open(plain).decode(0).hasStarts()).isFalse();
  }

  private static SampleColumns samples(List<Double> values, Random random) {
    SampleColumns samples = new SampleColumns();
    long time = random.nextInt(3) == 0 ? 0 : 1_700_000_000_000L;
    int kind = random.nextInt(4);
    for (double value : values) {
      samples.append(time, value);
      time +=
          switch (kind) {
            case 0 -> 15_000;
            case 1 -> 15_000 + random.nextInt(11) - 5;
            case 2 -> 1 + random.nextInt(100_000);
            default -> random.nextInt(20) == 0 ? 86_400_000L * 400 : 1000;
          };
    }
    return samples;
  }

  private static void assertSame(SampleColumns actual, SampleColumns expected) {
    assertThat(actual.size()).isEqualTo(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.time(i)).isEqualTo(expected.time(i));
      assertThat(Double.doubleToRawLongBits(actual.value(i)))
          .isEqualTo(Double.doubleToRawLongBits(expected.value(i)));
    }
  }

  @Property(tries = 300)
  void wholeNumbersComeBack(@ForAll List<Long> numbers) {
    if (numbers.isEmpty()) {
      return;
    }
    long[] values = numbers.stream().mapToLong(Long::longValue).toArray();
    ProtoWriter out = new ProtoWriter(64);
    new IntColumn().encode(values, values.length, out);

    assertThat(IntColumn.decode(new ProtoReader(out.toByteArray()), values.length))
        .containsExactly(values);
  }

  @Property(tries = 200)
  void labelsComeBack(@ForAll List<List<String>> texts) {
    List<Labels> series = new ArrayList<>();
    for (List<String> pairs : texts) {
      String[] even = pairs.subList(0, pairs.size() / 2 * 2).toArray(String[]::new);
      // An unpaired surrogate has no UTF-8, and no sender can send one.
      for (int i = 0; i < even.length; i++) {
        even[i] = even[i].replaceAll("[\\ud800-\\udfff]", "?");
      }
      series.add(Labels.of(even));
    }

    assertThat(LabelsColumn.decode(LabelsColumn.encode(series))).isEqualTo(series);
  }

  /** Damaged columns with a right checksum: a clear exception, or some answer; nothing else. */
  @Property(tries = 1500)
  void damageIsFoundOrHarmless(@ForAll("columns") List<Double> values, @ForAll Random random) {
    SampleColumns samples = samples(values, random);
    byte[] column = SamplesColumn.encode(List.of(samples, samples.slice(0, 1)));
    Damage.to(column, random);

    Damage.isFoundOrHarmless(
        () -> {
          SamplesColumn open = SamplesColumn.open(column);
          for (int i = 0; i < open.size(); i++) {
            open.decode(i);
          }
        });
  }

  @Property(tries = 1000)
  void damagedLabelsAreFoundOrHarmless(@ForAll Random random) {
    byte[] column =
        LabelsColumn.encode(
            List.of(Labels.of("__name__", "up", "job", "a"), Labels.of("__name__", "down")));
    Damage.to(column, random);

    Damage.isFoundOrHarmless(() -> LabelsColumn.decode(column));
  }

  @Property(tries = 1000)
  void damagedExemplarsAreFoundOrHarmless(@ForAll Random random) {
    List<List<Exemplar>> exemplars =
        List.of(
            List.of(
                new Exemplar(Labels.of("trace_id", "4bf92f"), 1_700_000_000_000L, 1.5),
                new Exemplar(Labels.EMPTY, 1_600_000_000_000L, Double.NaN)),
            List.of());
    byte[] column = ExemplarsColumn.encode(exemplars);
    assertThat(ExemplarsColumn.decode(column)).isEqualTo(exemplars);
    Damage.to(column, random);

    Damage.isFoundOrHarmless(() -> ExemplarsColumn.decode(column));
  }

  @Property(tries = 500)
  void randomBytesAreNoColumn(@ForAll byte[] bytes) {
    assertThatCode(
            () -> {
              try {
                ValueColumn.decode(new ProtoReader(bytes), 5);
              } catch (CorruptChunkException | MalformedWireException e) {
                assertThat(e.getMessage()).isNotBlank();
              }
            })
        .doesNotThrowAnyException();
  }
}
