package io.aom.ingest.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.telemetry.TenantId;
import org.junit.jupiter.api.Test;

class SeriesCacheTest {
  private final SeriesCache.View cache = new SeriesCache(64).of(new TenantId("acme"));

  @Test
  void seriesThatShareASetDoNotPushEachOtherOut() {
    // Whatever slot of the set their keys name.
    for (int i = 0; i < 4; i++) {
      cache.put(key(i), 10 + i);
    }

    for (int i = 0; i < 4; i++) {
      assertThat(cache.partition(key(i))).as("series %d", i).isEqualTo(10 + i);
    }
  }

  @Test
  void aFullSetForgetsTheSeriesThatWasPutFirst() {
    for (int i = 0; i < 5; i++) {
      cache.put(key(i), 10 + i);
    }

    assertThat(cache.partition(key(0))).isEqualTo(SeriesCache.UNKNOWN);
    for (int i = 1; i < 5; i++) {
      assertThat(cache.partition(key(i))).as("series %d", i).isEqualTo(10 + i);
    }
  }

  @Test
  void whatWasPutLastOfASeriesCounts() {
    cache.put(key(1), 7 | SeriesCache.OF_PAIR);
    cache.put(key(1), 8);

    assertThat(cache.partition(key(1))).isEqualTo(8);
  }

  @Test
  void aSeriesOfAPairAndTheHighestPartitionAreKept() {
    cache.put(key(1), 7 | SeriesCache.OF_PAIR);
    cache.put(key(2), 0);
    cache.put(key(3), 0xFFFF);

    assertThat(cache.partition(key(1))).isEqualTo(7 | SeriesCache.OF_PAIR);
    assertThat(cache.partition(key(2))).isZero();
    assertThat(cache.partition(key(3))).as("more than an entry holds").isEqualTo(-1);
  }

  @Test
  void keysDifferFromTenantToTenantAndWithTheOrderOfLabels() {
    SeriesCache shared = new SeriesCache(64);
    long labels = SeriesCache.keyShare(0, 1, 2) + SeriesCache.keyShare(1, 3, 4);
    long turned = SeriesCache.keyShare(0, 3, 4) + SeriesCache.keyShare(1, 1, 2);
    long swapped = SeriesCache.keyShare(0, 2, 1) + SeriesCache.keyShare(1, 3, 4);

    assertThat(shared.of(new TenantId("acme")).key(labels))
        .isEqualTo(shared.of(new TenantId("acme")).key(labels))
        .isNotEqualTo(shared.of(new TenantId("other")).key(labels))
        .isNotEqualTo(shared.of(new TenantId("acme")).key(turned))
        .isNotEqualTo(shared.of(new TenantId("acme")).key(swapped));
  }

  @Test
  void aCapacityBelowASetIsRefused() {
    assertThatThrownBy(() -> new SeriesCache(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("slots: 3 (expected: 4 to 268435456)");
  }

  /** One set, another series for each {@code i}; the low bits name another slot of it. */
  private static long key(int i) {
    return (long) (i + 1) << 16 | (i & 3);
  }
}
