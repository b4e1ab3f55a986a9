package io.aom.metrics.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

class QueryPropertiesTest {
  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(QueryProperties.class)
  static class Settings {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Settings.class);

  @Test
  void defaults() {
    runner.run(
        context ->
            assertThat(context.getBean(QueryProperties.class))
                .isEqualTo(
                    new QueryProperties(
                        11_000,
                        50_000_000,
                        Duration.ofMinutes(2),
                        16,
                        Duration.ofMinutes(5),
                        1_000_000,
                        null,
                        null)));
  }

  @Test
  void everyOneCanBeSet() {
    Map<String, String> settings =
        Map.of(
            "max-points",
            "1",
            "max-samples",
            "2",
            "timeout",
            "3s",
            "max-concurrent",
            "4",
            "lookback",
            "5s",
            "max-series",
            "6",
            "max-memory",
            "7MB",
            "max-total-memory",
            "8MB");
    runner
        .withPropertyValues(
            settings.entrySet().stream()
                .map(e -> "aom.metrics.query." + e.getKey() + "=" + e.getValue())
                .toArray(String[]::new))
        .run(
            context ->
                assertThat(context.getBean(QueryProperties.class))
                    .isEqualTo(
                        new QueryProperties(
                            1,
                            2,
                            Duration.ofSeconds(3),
                            4,
                            Duration.ofSeconds(5),
                            6,
                            DataSize.ofMegabytes(7),
                            DataSize.ofMegabytes(8))));
  }

  @Test
  void queryMayHoldNoMoreThanAllTogether() {
    runner
        .withPropertyValues("aom.metrics.query.max-total-memory=1MB")
        .run(
            context ->
                assertThat(context.getBean(QueryProperties.class).maxMemoryBytes())
                    .isEqualTo(1 << 20));
    runner
        .withPropertyValues(
            "aom.metrics.query.max-total-memory=1MB", "aom.metrics.query.max-memory=2MB")
        .run(context -> assertThat(context).hasFailed());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "max-points=0",
        "timeout=0s",
        "max-samples=-1",
        "lookback=-1s",
        "max-memory=0",
        "max-total-memory=0"
      })
  void refusesWhatBoundsNothing(String setting) {
    runner
        .withPropertyValues("aom.metrics.query." + setting)
        .run(context -> assertThat(context).hasFailed());
  }
}
