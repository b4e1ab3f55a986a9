package io.aom.metrics.retention.web;

import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.OpenSearchDocumentStore;
import io.aom.service.retention.RetentionDocument;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The HTTP side of retention. */
@Configuration(proxyBeanMethods = false)
@Import(RetentionController.class)
public class RetentionWebConfiguration {
  @Bean
  DocumentStore<RetentionDocument> retentionDocuments(OpenSearch openSearch, InstantSource clock) {
    return new OpenSearchDocumentStore<>(openSearch, RetentionDocument.TYPE, clock);
  }
}
