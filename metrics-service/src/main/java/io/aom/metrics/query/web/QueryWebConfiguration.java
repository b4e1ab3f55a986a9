package io.aom.metrics.query.web;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The HTTP side of queries. */
@Configuration(proxyBeanMethods = false)
@Import({
  QueryController.class,
  LabelController.class,
  StatusController.class,
  RemoteReadController.class,
  PrometheusAdvice.class,
  ClientPresence.class
})
public class QueryWebConfiguration {}
