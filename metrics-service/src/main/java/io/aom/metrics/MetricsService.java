package io.aom.metrics;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Keeps metrics and answers PromQL. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(MetricsConfiguration.class)
public class MetricsService {
  public static void main(String[] arguments) {
    SpringApplication.run(MetricsService.class, arguments);
  }
}
