package io.aom.metrics.query.web;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The HTTP side of queries. */
@Configuration(proxyBeanMethods = false)
@Import(PrometheusController.class)
public class QueryWebConfiguration {}
