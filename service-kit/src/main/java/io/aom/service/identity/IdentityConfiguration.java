package io.aom.service.identity;

import io.aom.identity.IdentityTokens;
import io.aom.service.problem.ProblemWriter;
import java.time.InstantSource;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Identity for a servlet application: the filter, the argument, the role check. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(IdentityProperties.class)
public class IdentityConfiguration {
  @Bean
  IdentityTokens identityTokens(IdentityProperties properties) {
    return new IdentityTokens(properties.required(), InstantSource.system());
  }

  @Bean
  FilterRegistrationBean<IdentityFilter> identityFilter(
      IdentityTokens tokens, ProblemWriter problems) {
    FilterRegistrationBean<IdentityFilter> filter =
        new FilterRegistrationBean<>(new IdentityFilter(tokens, problems));
    filter.setOrder(Ordered.HIGHEST_PRECEDENCE + 100);
    return filter;
  }

  @Bean
  WebMvcConfigurer identityMvc() {
    return new WebMvcConfigurer() {
      @Override
      public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new RoleInterceptor());
      }

      @Override
      public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new IdentityArgumentResolver());
      }
    };
  }
}
