package io.aom.metrics.cardinality.web;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The HTTP side of cardinality. */
@Configuration(proxyBeanMethods = false)
@Import(CardinalityController.class)
public class CardinalityWebConfiguration {}
