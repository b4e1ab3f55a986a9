package io.aom.metrics.query.web;

import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** The HTTP side of queries. */
@Configuration(proxyBeanMethods = false)
@Import({
  QueryController.class,
  LabelController.class,
  StatusController.class,
  RemoteReadController.class,
  ParameterDescriptions.class,
  PrometheusAdvice.class,
  ClientPresence.class,
  DirectQueries.class
})
public class QueryWebConfiguration {
  @Bean
  WebMvcConfigurer prometheusArguments() {
    return new WebMvcConfigurer() {
      @Override
      public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new PrometheusParameters.Resolver());
        resolvers.add(new ServletReply.Resolver());
      }
    };
  }
}
