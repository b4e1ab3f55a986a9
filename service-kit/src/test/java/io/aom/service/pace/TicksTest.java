package io.aom.service.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TicksTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          just before a tick | 10 | 3 | 12 | 13
          on a tick          | 10 | 3 | 13 | 23
          just after a tick  | 10 | 3 | 14 | 23
          no offset          | 10 | 0 | 10 | 20
          """)
  void nextTickIsAlwaysLater(String situation, long interval, long offset, long at, long expected) {
    assertThat(new Ticks(interval, offset).after(Instant.ofEpochMilli(at)).toEpochMilli())
        .isEqualTo(expected);
  }

  @Test
  void rulesOfOneIntervalAreSpreadOverIt() {
    long tenths =
        IntStream.range(0, 200)
            .mapToLong(i -> Ticks.spread(Duration.ofSeconds(10), "rule-" + i).offsetMillis() / 1000)
            .distinct()
            .count();

    assertThat(tenths).isEqualTo(10);
  }

  @Test
  void everyRuleHasExactlyOneOwner() {
    for (int i = 0; i < 300; i++) {
      String id = "rule-" + i;
      assertThat(IntStream.range(0, 3).filter(m -> new Shard(m, 3).owns(id))).hasSize(1);
    }
    assertThat(IntStream.range(0, 300).filter(i -> new Shard(1, 3).owns("rule-" + i)).count())
        .isBetween(60L, 140L);
  }
}
