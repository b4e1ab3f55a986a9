package io.aom.service;

import io.aom.service.body.BodyConfiguration;
import io.aom.service.docs.OpenApiConfiguration;
import io.aom.service.identity.IdentityConfiguration;
import io.aom.service.parameter.ParameterConfiguration;
import io.aom.service.problem.ProblemConfiguration;
import io.aom.service.time.TimeConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What every servlet service of AOM has; its own configuration imports this one. */
@Configuration(proxyBeanMethods = false)
@Import({
  BodyConfiguration.class,
  IdentityConfiguration.class,
  OpenApiConfiguration.class,
  ParameterConfiguration.class,
  ProblemConfiguration.class,
  TimeConfiguration.class
})
public class ServiceKitConfiguration {}
