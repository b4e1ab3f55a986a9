package io.aom.gateway.api;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The gateway's own API. */
@Configuration(proxyBeanMethods = false)
@Import({
  EndpointsController.class,
  KeysController.class,
  TenantsController.class,
  WhoamiController.class
})
public class ApiConfiguration {}
