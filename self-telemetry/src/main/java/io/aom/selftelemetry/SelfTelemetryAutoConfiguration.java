package io.aom.selftelemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import java.util.function.LongSupplier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Active in every service; each part once Spring Boot has been told where to send. */
@AutoConfiguration
@EnableConfigurationProperties(SelfTelemetryProperties.class)
public class SelfTelemetryAutoConfiguration {
  /** Before Boot's own handlers: the first that supports a context is the only one to see it. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE)
  @ConditionalOnProperty("management.opentelemetry.tracing.export.otlp.endpoint")
  UntracedIntake untracedIntake(Tracer tracer) {
    return new UntracedIntake(tracer);
  }

  @Bean
  @ConditionalOnProperty("management.opentelemetry.logging.export.otlp.endpoint")
  LogShipping logShipping(
      SelfTelemetryProperties properties, SdkLoggerProvider loggers, MeterRegistry meters) {
    LongSupplier clock = System::nanoTime;
    return new LogShipping(
        properties.loggers(),
        new LogSender(
            loggers.get("io.aom.selftelemetry"),
            new Budget(properties.maxLogsPerSecond(), clock),
            meters.counter("aom.self.telemetry.logs.dropped")));
  }
}
