package io.aom.alarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

class AlarmPropertiesTest {
  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties({AlarmProperties.class, ServicesProperties.class})
  static class Settings {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner().withUserConfiguration(Settings.class);

  @Test
  void hasDefaults() {
    runner.run(
        context -> {
          AlarmProperties alarm = context.getBean(AlarmProperties.class);
          assertThat(alarm.externalUrl()).hasToString("http://127.0.0.1:8080");
          assertThat(alarm.evaluation().settle()).isEqualTo(Duration.ofMillis(500));
          assertThat(alarm.evaluation().catchUp()).isEqualTo(Duration.ofHours(1));
          assertThat(alarm.evaluation().maxSeries()).isEqualTo(1000);
          assertThat(alarm.evaluation().concurrency()).isEqualTo(8);
          assertThat(alarm.evaluation().timeout()).isEqualTo(Duration.ofMinutes(2));
          assertThat(alarm.evaluation().refresh()).isEqualTo(Duration.ofSeconds(5));
          assertThat(alarm.webhook().allowedNetworks()).isEmpty();
          assertThat(alarm.webhook().loopbackPorts()).isEmpty();
          assertThat(alarm.webhook().timeout()).isEqualTo(Duration.ofSeconds(10));
          assertThat(alarm.webhook().firstRetry()).isEqualTo(Duration.ofSeconds(1));
          assertThat(alarm.webhook().longestRetry()).isEqualTo(Duration.ofMinutes(1));
          assertThat(alarm.webhook().giveUpAfter()).isEqualTo(Duration.ofHours(24));
          assertThat(context.getBean(ServicesProperties.class).metrics())
              .hasToString("http://127.0.0.1:8082");
        });
  }

  @Test
  void readsEverySetting() {
    runner
        .withPropertyValues(
            "aom.alarm.external-url=https://aom.example",
            "aom.alarm.evaluation.settle=1s",
            "aom.alarm.evaluation.catch-up=2h",
            "aom.alarm.evaluation.max-series=3",
            "aom.alarm.evaluation.concurrency=4",
            "aom.alarm.evaluation.timeout=5s",
            "aom.alarm.evaluation.refresh=6s",
            "aom.alarm.webhook.allowed-networks=127.0.0.0/8,::1/128",
            "aom.alarm.webhook.loopback-ports=5001,5002",
            "aom.alarm.webhook.timeout=7s",
            "aom.alarm.webhook.first-retry=8s",
            "aom.alarm.webhook.longest-retry=9s",
            "aom.alarm.webhook.give-up-after=10h",
            "aom.services.metrics=http://metrics:1")
        .run(
            context -> {
              AlarmProperties alarm = context.getBean(AlarmProperties.class);
              assertThat(alarm.externalUrl()).hasToString("https://aom.example");
              assertThat(alarm.evaluation())
                  .isEqualTo(
                      new AlarmProperties.Evaluation(
                          Duration.ofSeconds(1),
                          Duration.ofHours(2),
                          3,
                          4,
                          Duration.ofSeconds(5),
                          Duration.ofSeconds(6)));
              assertThat(alarm.webhook().allowedNetworks())
                  .containsExactly("127.0.0.0/8", "::1/128");
              assertThat(alarm.webhook().loopbackPorts()).containsExactlyInAnyOrder(5001, 5002);
              assertThat(alarm.webhook().timeout()).isEqualTo(Duration.ofSeconds(7));
              assertThat(alarm.webhook().firstRetry()).isEqualTo(Duration.ofSeconds(8));
              assertThat(alarm.webhook().longestRetry()).isEqualTo(Duration.ofSeconds(9));
              assertThat(alarm.webhook().giveUpAfter()).isEqualTo(Duration.ofHours(10));
              assertThat(context.getBean(ServicesProperties.class).metrics())
                  .hasToString("http://metrics:1");
            });
  }
}
