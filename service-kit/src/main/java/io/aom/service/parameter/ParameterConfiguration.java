package io.aom.service.parameter;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Refuses unknown query parameters on {@code /api/v1/}. */
@Configuration(proxyBeanMethods = false)
public class ParameterConfiguration {
  @Bean
  WebMvcConfigurer parameterMvc() {
    return new WebMvcConfigurer() {
      @Override
      public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new UnknownParameters()).addPathPatterns("/api/v1/**");
      }
    };
  }
}
