package io.aom.ingest.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.telemetry.TenantId;
import org.junit.jupiter.api.Test;

class SeriesCacheTest {
  private final SeriesCache.View cache = new SeriesCache(64).of(new TenantId("acme"));

  @Test
  void seriesThatShareASetDoNotPushEachOtherOut() {
    // Whatever slot of the set their hashes name.
    for (int i = 0; i < 4; i++) {
      cache.put(hash(i), 10 + i);
    }

    for (int i = 0; i < 4; i++) {
      assertThat(cache.partition(hash(i))).as("series %d", i).isEqualTo(10 + i);
    }
  }

  @Test
  void aFullSetForgetsTheSeriesThatWasPutFirst() {
    for (int i = 0; i < 5; i++) {
      cache.put(hash(i), 10 + i);
    }

    assertThat(cache.partition(hash(0))).isEqualTo(SeriesCache.UNKNOWN);
    for (int i = 1; i < 5; i++) {
      assertThat(cache.partition(hash(i))).as("series %d", i).isEqualTo(10 + i);
    }
  }

  @Test
  void aSeriesOfAPairAndTheHighestPartitionAreKept() {
    cache.put(hash(1), 7 | SeriesCache.OF_PAIR);
    cache.put(hash(2), 0);
    cache.put(hash(3), 0xFFFF);

    assertThat(cache.partition(hash(1))).isEqualTo(7 | SeriesCache.OF_PAIR);
    assertThat(cache.partition(hash(2))).isZero();
    assertThat(cache.partition(hash(3))).as("more than an entry holds").isEqualTo(-1);
  }

  @Test
  void hashesDifferFromTenantToTenant() {
    SeriesCache shared = new SeriesCache(64);
    byte[] labels = {1, 2, 3};

    assertThat(shared.of(new TenantId("acme")).hash(labels, 0, 3))
        .isNotEqualTo(shared.of(new TenantId("other")).hash(labels, 0, 3));
  }

  @Test
  void aCapacityBelowASetIsRefused() {
    assertThatThrownBy(() -> new SeriesCache(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("slots: 3 (expected: 4 to 268435456)");
  }

  /** One set, another series for each {@code i}; the low bits name another slot of it. */
  private static long hash(int i) {
    return (long) (i + 1) << 16 | (i & 3);
  }
}
