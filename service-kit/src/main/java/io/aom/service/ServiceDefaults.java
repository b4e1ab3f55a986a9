package io.aom.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.ResourcePropertySource;

/**
 * Gives every servlet service the same defaults (see {@code service-defaults.properties}), below
 * anything that the service, its operator or a test sets.
 */
public class ServiceDefaults implements EnvironmentPostProcessor, Ordered {
  private static final String FILE = "io/aom/service/service-defaults.properties";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    if (application.getWebApplicationType() != WebApplicationType.SERVLET) {
      return;
    }
    try {
      environment
          .getPropertySources()
          .addLast(new ResourcePropertySource(new ClassPathResource(FILE)));
    } catch (IOException e) {
      throw new UncheckedIOException(FILE, e);
    }
  }

  /** After the service's own configuration files have been read. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }
}
