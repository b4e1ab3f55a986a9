package io.aom.ingest.series;

import static io.aom.ingest.series.ActiveSeries.Admission.TAKEN;
import static io.aom.ingest.series.ActiveSeries.Admission.TOO_MANY_ACTIVE;
import static io.aom.ingest.series.ActiveSeries.Admission.TOO_MANY_NEW;
import static io.aom.ingest.series.ActiveSeries.GRACE_MILLIS;
import static io.aom.ingest.series.ActiveSeries.WINDOW_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ActiveSeriesTest {
  private static final long NOW = 1_790_000_000_000L - 1_790_000_000_000L % WINDOW_MILLIS;

  private long now = NOW;

  @Test
  void onlyNewSeriesAreRefusedOnceTheLimitIsReached() {
    ActiveSeries active = new ActiveSeries(new SeriesLimits(2, 0));
    active.begin(now);

    assertThat(active.admit(11, now)).isEqualTo(TAKEN);
    assertThat(active.admit(22, now)).isEqualTo(TAKEN);
    assertThat(active.admit(33, now)).isEqualTo(TOO_MANY_ACTIVE);
    assertThat(active.admit(11, now)).isEqualTo(TAKEN);
    assertThat(active.count()).isEqualTo(2);
  }

  @Test
  void aSeriesKeepsItsPlaceWhileItComesAndLosesItWhenItIsGone() {
    ActiveSeries active = new ActiveSeries(new SeriesLimits(2, 0));
    active.begin(now);
    active.admit(11, now);
    active.admit(22, now);

    now += WINDOW_MILLIS;
    active.begin(now);
    assertThat(active.admit(33, now)).isEqualTo(TOO_MANY_ACTIVE);
    assertThat(active.admit(11, now)).isEqualTo(TAKEN);

    now += WINDOW_MILLIS;
    active.begin(now);
    assertThat(active.count()).isEqualTo(1);
    assertThat(active.admit(33, now)).isEqualTo(TAKEN);
    assertThat(active.admit(22, now)).isEqualTo(TOO_MANY_ACTIVE);
    assertThat(active.admit(11, now)).isEqualTo(TAKEN);

    now += 2 * WINDOW_MILLIS;
    active.begin(now);
    assertThat(active.count()).isZero();
  }

  @Test
  void newSeriesAreBoundedByTheMinuteButNotJustAfterTheStart() {
    ActiveSeries active = new ActiveSeries(new SeriesLimits(0, 60));
    active.begin(now);
    for (long series = 0; series < 1000; series++) {
      assertThat(active.admit(series << 2, now)).isEqualTo(TAKEN);
    }

    now += GRACE_MILLIS;
    for (long series = 1000; series < 1060; series++) {
      assertThat(active.admit(series << 2, now)).isEqualTo(TAKEN);
    }
    assertThat(active.admit(1060 << 2, now)).isEqualTo(TOO_MANY_NEW);
    assertThat(active.admit(3 << 2, now)).isEqualTo(TAKEN);
    now += 1000;
    assertThat(active.admit(1060 << 2, now)).isEqualTo(TAKEN);
    assertThat(active.admit(1061 << 2, now)).isEqualTo(TOO_MANY_NEW);
  }

  @Test
  void withoutLimitsNothingIsKept() {
    ActiveSeries active = new ActiveSeries(SeriesLimits.NONE);

    assertThat(active.begin(now)).isEqualTo(active.begin(now + WINDOW_MILLIS)).isZero();
    assertThat(active.admit(1, now)).isEqualTo(TAKEN);
    assertThat(active.count()).isZero();
  }

  @Test
  void eachWindowHasAnotherSalt() {
    ActiveSeries active = new ActiveSeries(new SeriesLimits(2, 0));

    assertThat(active.begin(now)).isEqualTo(active.begin(now + 1));
    assertThat(active.begin(now + WINDOW_MILLIS)).isNotEqualTo(active.begin(now));
  }

  /** Against a map from series to the window in which it came last. */
  @Property(tries = 100)
  void answersAsAPlainMapWould(@ForAll long seed) {
    Random random = new Random(seed);
    int limit = 1 + random.nextInt(3000);
    ActiveSeries active = new ActiveSeries(new SeriesLimits(limit, 0));
    Map<Long, Long> model = new HashMap<>();
    long time = NOW;
    for (int step = 0; step < 20_000; step++) {
      if (random.nextInt(2000) == 0) {
        time += random.nextLong(2 * WINDOW_MILLIS + 2);
      }
      long window = time / WINDOW_MILLIS;
      model.values().removeIf(last -> last < window - 1);
      active.begin(time);
      long series = random.nextLong(4000) * 0x9E3779B97F4A7C15L << 2;
      boolean taken = model.containsKey(series) || model.size() < limit;
      if (taken) {
        model.put(series, window);
      }
      assertThat(active.admit(series, time)).isEqualTo(taken ? TAKEN : TOO_MANY_ACTIVE);
    }
    assertThat(active.count()).isEqualTo(model.size());
  }

  @Test
  void threadsDoNotTakeMoreThanTheLimit() throws Exception {
    ActiveSeries active = new ActiveSeries(new SeriesLimits(5_000, 0));
    active.begin(now);
    List<Callable<Integer>> senders = new ArrayList<>();
    for (int sender = 0; sender < 4; sender++) {
      senders.add(
          () -> {
            int taken = 0;
            for (long series = 1; series <= 10_000; series++) {
              taken += active.admit(series * 0x9E3779B97F4A7C15L, NOW) == TAKEN ? 1 : 0;
            }
            return taken;
          });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<Integer> sender : threads.invokeAll(senders)) {
        assertThat(sender.get()).isEqualTo(5_000);
      }
    }
    assertThat(active.count()).isEqualTo(5_000);
  }

  @Test
  void limitsThatMakeNoSenseAreNamed() {
    assertThatThrownBy(() -> new SeriesLimits(-1, 0)).hasMessageContaining("active series: -1");
    assertThatThrownBy(() -> new SeriesLimits(0, -1)).hasMessageContaining("per minute: -1");
  }
}
