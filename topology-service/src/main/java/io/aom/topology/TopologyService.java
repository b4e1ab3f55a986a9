package io.aom.topology;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;

/** Heads and blocks of spans; traces, services and the calls between them. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(TopologyConfiguration.class)
public class TopologyService {
  public static void main(String[] args) {
    SpringApplication.run(TopologyService.class, args);
  }
}
