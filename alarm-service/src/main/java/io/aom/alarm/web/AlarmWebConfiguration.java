package io.aom.alarm.web;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The controllers. */
@Configuration(proxyBeanMethods = false)
@Import({AlarmController.class, RuleController.class, PrometheusRulesController.class})
public class AlarmWebConfiguration {}
