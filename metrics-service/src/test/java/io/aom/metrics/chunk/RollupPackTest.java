package io.aom.metrics.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.metrics.series.RollupColumns;
import io.aom.metrics.series.RollupColumns.Kind;
import io.aom.metrics.series.RollupColumns.Stretch;
import io.aom.metrics.series.StaleMarker;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RollupPackTest {
  private static double value(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> Double.longBitsToDouble(random.nextLong());
      case 1 -> Double.NaN;
      case 2 -> -0.0;
      case 3 -> random.nextInt(10_000) / 100.0;
      default -> random.nextInt(1_000);
    };
  }

  private static RollupColumns series(Random random) {
    RollupColumns columns = new RollupColumns();
    Stretch stretch = new Stretch();
    long time = random.nextLong(1_800_000_000_000L);
    boolean starts = random.nextInt(3) == 0;
    boolean restarts = random.nextInt(3) == 0;
    for (int i = 1 + random.nextInt(80); i > 0; i--) {
      time += 1 + random.nextInt(300_000);
      if (random.nextInt(9) == 0) {
        stretch.single(time, StaleMarker.VALUE, 0);
      } else {
        stretch.single(time, value(random), starts ? time - random.nextInt(9) : 0);
        if (random.nextInt(4) > 0) {
          stretch.count = 2 + random.nextInt(40);
          time += 1 + random.nextInt(300_000);
          stretch.lastTime = time;
          stretch.last = value(random);
          stretch.sum = value(random);
          stretch.least = random.nextBoolean() ? stretch.first : value(random);
          stretch.greatest = random.nextBoolean() ? stretch.last : value(random);
          stretch.lastStart = starts ? time - 3 : 0;
          if (restarts && random.nextBoolean()) {
            stretch.resets = 1 + random.nextInt(4);
            stretch.lost = value(random);
          }
        }
      }
      columns.append(stretch);
    }
    return columns;
  }

  /** Bits of what a reader of these kinds of columns may look at. */
  private static List<Long> seen(RollupColumns columns, EnumSet<Kind> kinds) {
    List<Long> seen = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      seen.add(columns.firstTime(i));
      seen.add(columns.lastTime(i));
      seen.add(columns.count(i));
      seen.add(columns.firstStart(i));
      seen.add(columns.lastStart(i));
      if (columns.isStale(i)) {
        continue;
      }
      if (kinds.contains(Kind.LASTS)) {
        seen.add(Double.doubleToRawLongBits(columns.last(i)));
      }
      if (kinds.contains(Kind.RISES)) {
        seen.add(Double.doubleToRawLongBits(columns.first(i)));
        seen.add(columns.resets(i));
        seen.add(Double.doubleToRawLongBits(columns.resets(i) == 0 ? 0 : columns.lost(i)));
      }
      if (kinds.contains(Kind.SUMS)) {
        seen.add(Double.doubleToRawLongBits(columns.sum(i)));
      }
      if (kinds.contains(Kind.EXTREMES)) {
        seen.add(Double.doubleToRawLongBits(columns.least(i)));
        seen.add(Double.doubleToRawLongBits(columns.greatest(i)));
      }
    }
    return seen;
  }

  @Property(tries = 300)
  void everyColumnComesBackToTheBit(@ForAll Random random) {
    List<RollupColumns> series = new ArrayList<>();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      series.add(random.nextInt(4) == 0 && !series.isEmpty() ? series.getFirst() : series(random));
    }
    EnumSet<Kind> kinds = EnumSet.noneOf(Kind.class);
    for (Kind kind : Kind.values()) {
      if (random.nextBoolean()) {
        kinds.add(kind);
      }
    }
    Map<String, byte[]> columns = new HashMap<>(RollupPack.encode(series));
    columns.keySet().retainAll(RollupPack.columns(kinds));

    RollupPack pack = RollupPack.open(columns);
    assertThat(pack.size()).isEqualTo(series.size());
    for (int i = series.size() - 1; i >= 0; i--) { // in whatever order
      RollupColumns decoded = new RollupColumns();
      pack.decode(i, Long.MIN_VALUE, Long.MAX_VALUE, decoded);
      assertThat(seen(decoded, kinds)).isEqualTo(seen(series.get(i), kinds));
    }
  }

  @Test
  void onlyStretchesThatReachIntoTheWindowAreDecoded() {
    RollupColumns columns = new RollupColumns();
    Stretch stretch = new Stretch();
    for (long time : new long[] {10, 20, 30}) {
      stretch.single(time, time, 0);
      stretch.count = 2;
      stretch.lastTime = time + 5;
      columns.append(stretch);
    }
    RollupColumns decoded = new RollupColumns();
    RollupPack.open(RollupPack.encode(List.of(columns))).decode(0, 15, 29, decoded);

    assertThat(decoded.size()).isEqualTo(1);
    assertThat(decoded.firstTime(0)).isEqualTo(20);
  }

  @Test
  void columnsOfDifferentPacksAreRefused() {
    Random random = new Random(3);
    Map<String, byte[]> columns = new HashMap<>(RollupPack.encode(List.of(series(random))));
    columns.put(
        RollupPack.SUMS,
        RollupPack.encode(List.of(series(random), series(random))).get(RollupPack.SUMS));

    assertThatThrownBy(() -> RollupPack.open(columns))
        .isInstanceOf(CorruptChunkException.class)
        .hasMessageContaining("sums: 2 series (expected: 1)");
    assertThatThrownBy(() -> RollupPack.open(Map.of()))
        .isInstanceOf(CorruptChunkException.class)
        .hasMessageContaining("stretches");
  }

  /** Damaged columns with a right checksum: a clear exception, or some answer; nothing else. */
  @Property(tries = 1500)
  void damageIsFoundOrHarmless(@ForAll Random random) {
    Map<String, byte[]> columns = RollupPack.encode(List.of(series(random), series(random)));
    List<String> names = List.copyOf(columns.keySet());
    Damage.to(columns.get(names.get(random.nextInt(names.size()))), random);

    Damage.isFoundOrHarmless(
        () -> {
          RollupPack pack = RollupPack.open(columns);
          for (int i = 0; i < pack.size(); i++) {
            pack.decode(i, 0, Long.MAX_VALUE, new RollupColumns());
          }
        });
  }
}
