package io.aom.ingest.ledger;

import io.aom.identity.IdentityTokens;
import io.aom.ingest.IngestSettings;
import io.aom.ingest.intake.Repeating;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.documents.DocumentType;
import io.aom.opensearch.documents.OpenSearchDocumentStore;
import io.aom.service.opensearch.OpenSearchConfiguration;
import io.micrometer.observation.ObservationRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The ledger: counts of refusals, kept in OpenSearch, and the API over all services. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ServicesProperties.class)
@Import({OpenSearchConfiguration.class, LedgerController.class})
public class LedgerConfiguration {
  static final DocumentType<RefusalDocument> REFUSALS =
      new DocumentType<>(
          "aom-ledger", RefusalDocument.class, List.of("epoch"), List.of("hour"), false);

  @Bean
  RefusalLedger refusalLedger(OpenSearch openSearch, InstantSource clock) {
    return new RefusalLedger(
        new OpenSearchDocumentStore<>(openSearch, REFUSALS, clock), UUID.randomUUID().toString());
  }

  @Bean
  SignalLedgers signalLedgers(
      ServicesProperties services,
      IdentityTokens tokens,
      IngestSettings settings,
      ObservationRegistry observations) {
    return new HttpSignalLedgers(services, tokens, settings.ledger().askTimeout(), observations);
  }

  @Bean(initMethod = "start")
  Repeating refusalFlusher(RefusalLedger ledger, IngestSettings settings) {
    return new Repeating("aom-ledger", settings.ledger().flushEvery(), ledger::flush);
  }
}
