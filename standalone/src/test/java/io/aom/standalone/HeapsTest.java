package io.aom.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeapsTest {
  @Test
  void defaultsFitALaptop() throws Exception {
    Heaps heaps = Heaps.from(Map.of());

    assertThat(heaps).isEqualTo(new Heaps("1g", "512m", "1g"));
    assertThat(heaps.neededMib()).isBetween(2_000L, 3_500L);
  }

  @Test
  void theEnvironmentSetsThem() throws Exception {
    assertThat(
            Heaps.from(
                Map.of("AOM_HEAP", "2G", "AOM_KAFKA_HEAP", "256m", "AOM_OPENSEARCH_HEAP", "4g")))
        .isEqualTo(new Heaps("2G", "256m", "4g"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "0m", "1t", "-1g", "one"})
  void somethingElseIsRefusedByName(String size) {
    assertThatThrownBy(() -> Heaps.from(Map.of("AOM_KAFKA_HEAP", size)))
        .isInstanceOf(UsageException.class)
        .hasMessage("AOM_KAFKA_HEAP: " + size + " (expected: a size like 512m or 1g)");
  }
}
