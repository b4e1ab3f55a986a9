package io.aom.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;

class ServiceDefaultsTest {
  @Test
  void loopbackUnlessToldOtherwise() {
    ConfigurableEnvironment environment = new StandardEnvironment();
    SpringApplication application = new SpringApplication();
    application.setWebApplicationType(WebApplicationType.SERVLET);

    new ServiceDefaults().postProcessEnvironment(environment, application);

    assertThat(environment.getProperty("server.address")).isEqualTo("127.0.0.1");
    environment.getSystemProperties().put("server.address", "0.0.0.0");
    try {
      assertThat(environment.getProperty("server.address")).isEqualTo("0.0.0.0");
    } finally {
      environment.getSystemProperties().remove("server.address");
    }
  }

  @Test
  void leavesOtherApplicationsAlone() {
    ConfigurableEnvironment environment = new StandardEnvironment();
    SpringApplication application = new SpringApplication();
    application.setWebApplicationType(WebApplicationType.REACTIVE);

    new ServiceDefaults().postProcessEnvironment(environment, application);

    assertThat(environment.getProperty("server.address")).isNull();
  }

  @Test
  void withoutASecretItDoesNotStart() {
    SpringApplication application = new SpringApplication(ProbeService.class);

    assertThatThrownBy(() -> application.run("--server.port=0"))
        .rootCause()
        .hasMessageContaining("aom.identity.secret: missing");
  }
}
