package io.aom.topology.query.web;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Controllers of this package. */
@Configuration(proxyBeanMethods = false)
@Import({TraceController.class, GraphController.class})
public class WebConfiguration {}
