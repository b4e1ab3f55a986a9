package io.aom.metrics.recording.web;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The HTTP side of recording rules. */
@Configuration(proxyBeanMethods = false)
@Import({RecordingController.class, PrometheusGroupsController.class})
public class RecordingWebConfiguration {}
