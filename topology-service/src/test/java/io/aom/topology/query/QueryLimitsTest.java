package io.aom.topology.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class QueryLimitsTest {
  @EnableConfigurationProperties(QueryLimits.class)
  static class Settings {}

  private final ApplicationContextRunner context =
      new ApplicationContextRunner().withUserConfiguration(Settings.class);

  @Test
  void defaults() {
    context.run(
        started ->
            assertThat(started.getBean(QueryLimits.class))
                .isEqualTo(new QueryLimits(500, 20_000, 20_000)));
  }

  @Test
  void everySettingIsRead() {
    context
        .withPropertyValues(
            "aom.topology.query.max-traces=1",
            "aom.topology.query.max-spans-per-trace=2",
            "aom.topology.query.max-graph-parts=3")
        .run(
            started ->
                assertThat(started.getBean(QueryLimits.class)).isEqualTo(new QueryLimits(1, 2, 3)));
  }

  @Test
  void aLimitOfNothingIsRefused() {
    context
        .withPropertyValues("aom.topology.query.max-traces=0")
        .run(
            started ->
                assertThat(started).getFailure().rootCause().hasMessageContaining("at least 1"));
  }
}
