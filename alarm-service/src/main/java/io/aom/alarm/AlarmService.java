package io.aom.alarm;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The alarm service as a process of its own. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(AlarmConfiguration.class)
public class AlarmService {
  private static final int PORT = 8085;

  public static void main(String[] args) {
    SpringApplication application = new SpringApplication(AlarmService.class);
    // No file of defaults: in one JVM with other services it could be another one's.
    application.setDefaultProperties(
        Map.of("spring.application.name", "alarm-service", "server.port", PORT));
    application.run(args);
  }
}
