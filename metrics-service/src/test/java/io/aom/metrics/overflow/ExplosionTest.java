package io.aom.metrics.overflow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExplosionTest {
  private final Explosion explosion = new Explosion("hits_total", "user");

  @Test
  void countsFewResourcesExactly() {
    for (int i = 0; i < 45; i++) {
      explosion.add("instance=" + (i % 3 == 0 ? "a" : "b"));
    }

    assertThat(explosion.told(7))
        .isEqualTo(new FoldedLabel("hits_total", "user", 7, 45, "instance=b", 30));
  }

  @Test
  void blamesNoneOfManyThatAreAlike() {
    for (int i = 0; i < 50_000; i++) {
      explosion.add("instance=" + i % 50);
    }

    assertThat(explosion.told(7).foldedSeries()).isEqualTo(50_000);
    assertThat(explosion.told(7).resourceSeries()).isLessThanOrEqualTo(1_000);
  }

  @Test
  void findsTheOneThatSendsMost() {
    for (int i = 0; i < 50_000; i++) {
      explosion.add("instance=" + (i % 2 == 0 ? "culprit" : i % 100));
    }

    assertThat(explosion.told(7).resource()).isEqualTo("instance=culprit");
    assertThat(explosion.told(7).resourceSeries()).isBetween(20_000L, 25_000L);
  }
}
