package io.aom.alarm.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.alarm.query.Places.Place;
import io.aom.alarm.query.Places.Question;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlacesTest {
  private final AtomicLong nanos = new AtomicLong(-5);
  private final Places places = new Places(4, Duration.ofSeconds(9), nanos::get);

  private @Nullable Place take(String promql) throws InterruptedException {
    return places.take(new Question(new TenantId("acme"), promql), Duration.ZERO);
  }

  private void hold(String promql, Duration held) throws InterruptedException {
    try (Place place = Objects.requireNonNull(take(promql))) {
      assertThat(place).isNotNull();
      nanos.addAndGet(held.toNanos());
    }
  }

  /** How many of eight slow questions get a place at the same time. */
  private int together() throws InterruptedException {
    List<Place> taken = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Place place = take("slow " + i);
      if (place != null) {
        taken.add(place);
      }
    }
    for (int i = taken.size(); i < 4; i++) {
      hold("quick", Duration.ZERO);
    }
    taken.forEach(Place::close);
    return taken.size();
  }

  @Test
  void whatTookLongLeavesAQuarterOfThePlacesToOthers() throws InterruptedException {
    assertThat(together()).isEqualTo(4);
    for (int i = 0; i < 8; i++) {
      hold("slow " + i, Duration.ofSeconds(9));
    }
    assertThat(together()).isEqualTo(3);
  }

  @Test
  void whatIsQuickAgainHasAllPlacesAgain() throws InterruptedException {
    for (int i = 0; i < 8; i++) {
      hold("slow " + i, Duration.ofSeconds(9));
      hold("slow " + i, Duration.ofSeconds(8));
    }
    assertThat(together()).isEqualTo(4);
  }

  @Test
  void whatTookLongIsKeptApartForAWhileOnly() throws InterruptedException {
    for (int i = 0; i < 8; i++) {
      hold("slow " + i, Duration.ofSeconds(9));
    }
    nanos.addAndGet(Duration.ofMinutes(10).toNanos());
    assertThat(together()).isEqualTo(4);
  }
}
