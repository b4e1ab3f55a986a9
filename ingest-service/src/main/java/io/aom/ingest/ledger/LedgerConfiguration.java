package io.aom.ingest.ledger;

import io.aom.identity.IdentityTokens;
import io.aom.ingest.IngestSettings;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.documents.DocumentType;
import io.aom.opensearch.documents.OpenSearchDocumentStore;
import io.aom.service.opensearch.OpenSearchConfiguration;
import java.time.Duration;
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
  private static final DocumentType<RefusalDocument> REFUSALS =
      new DocumentType<>(
          "aom-ledger", RefusalDocument.class, List.of("epoch"), List.of("hour"), false);

  @Bean
  RefusalLedger refusalLedger(OpenSearch openSearch, InstantSource clock) {
    return new RefusalLedger(
        new OpenSearchDocumentStore<>(openSearch, REFUSALS, clock), UUID.randomUUID().toString());
  }

  @Bean
  SignalLedgers signalLedgers(
      ServicesProperties services, IdentityTokens tokens, IngestSettings settings) {
    return new HttpSignalLedgers(services, tokens, settings.ledger().askTimeout());
  }

  @Bean(initMethod = "start")
  Flusher refusalFlusher(RefusalLedger ledger, IngestSettings settings) {
    return new Flusher(ledger, settings.ledger().flushEvery());
  }

  /** Writes the counts down every few seconds, and once more at the end. */
  static final class Flusher implements AutoCloseable {
    private final RefusalLedger ledger;
    private final Duration every;
    private final Thread worker;
    private volatile boolean closed;

    Flusher(RefusalLedger ledger, Duration every) {
      this.ledger = ledger;
      this.every = every;
      worker = Thread.ofVirtual().name("aom-ledger").unstarted(this::work);
    }

    void start() {
      worker.start();
    }

    private void work() {
      while (!closed) {
        try {
          Thread.sleep(every);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
        ledger.flush();
      }
    }

    @Override
    public void close() {
      closed = true;
      worker.interrupt();
      ledger.flush();
    }
  }
}
