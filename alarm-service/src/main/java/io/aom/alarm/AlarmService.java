package io.aom.alarm;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The alarm service as a process of its own. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(AlarmConfiguration.class)
public class AlarmService {
  public static void main(String[] args) {
    SpringApplication.run(AlarmService.class, args);
  }
}
