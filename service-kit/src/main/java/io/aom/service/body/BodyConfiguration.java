package io.aom.service.body;

import io.aom.service.problem.ProblemWriter;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Bounds every request body of a servlet application. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BodyProperties.class)
public class BodyConfiguration {
  @Bean
  FilterRegistrationBean<BodyLimitFilter> bodyLimitFilter(
      BodyProperties properties, ProblemWriter problems) {
    FilterRegistrationBean<BodyLimitFilter> filter =
        new FilterRegistrationBean<>(new BodyLimitFilter(properties.maxSize().toBytes(), problems));
    filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 200);
    return filter;
  }
}
