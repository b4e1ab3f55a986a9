package io.aom.service.opensearch;

import io.aom.opensearch.OpenSearch;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** OpenSearch for a service that stores there; it connects at the first call. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(OpenSearchProperties.class)
public class OpenSearchConfiguration {
  @Bean
  OpenSearch openSearch(OpenSearchProperties properties) {
    return OpenSearch.connect(properties.settings());
  }
}
