package io.aom.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

/** The only door to AOM. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(GatewayConfiguration.class)
public class GatewayService {
  private static final String DEFAULTS = "io/aom/gateway/gateway-defaults.properties";

  /** Starts the gateway alone. */
  public static void main(String[] args) {
    application().run(args);
  }

  /**
   * The gateway with its defaults, to be run with further arguments; also beside other services.
   */
  public static SpringApplication application() {
    SpringApplication application = new SpringApplication(GatewayService.class);
    application.setWebApplicationType(WebApplicationType.REACTIVE);
    application.setBannerMode(Banner.Mode.OFF);
    application.setDefaultProperties(defaults());
    return application;
  }

  private static Properties defaults() {
    try {
      return PropertiesLoaderUtils.loadProperties(new ClassPathResource(DEFAULTS));
    } catch (IOException e) {
      throw new UncheckedIOException(DEFAULTS, e);
    }
  }
}
