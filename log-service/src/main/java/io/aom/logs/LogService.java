package io.aom.logs;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** The log service as a process of its own. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(LogConfiguration.class)
public class LogService {
  public static void main(String[] args) {
    SpringApplication.run(LogService.class, args);
  }
}
