package io.aom.ingest.series;

import io.aom.ingest.IngestSettings;
import io.aom.ingest.intake.Repeating;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.documents.OpenSearchDocumentStore;
import io.aom.service.opensearch.OpenSearchConfiguration;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Memory of series, limits of their number, pairs of senders. */
@Configuration(proxyBeanMethods = false)
@Import(OpenSearchConfiguration.class)
public class SeriesConfiguration {
  @Bean
  HaPairs haPairs(
      OpenSearch openSearch, IngestSettings settings, InstantSource clock, MeterRegistry registry) {
    HaPairs pairs =
        new HaPairs(
            new OpenSearchDocumentStore<>(openSearch, HaPairDocument.TYPE, clock),
            settings.ha().pairs());
    FunctionCounter.builder("aom.ingest.ha.changes", pairs, HaPairs::changes).register(registry);
    return pairs;
  }

  @Bean
  SeriesTenants seriesTenants(IngestSettings settings, HaPairs pairs, MeterRegistry registry) {
    SeriesCache cache = new SeriesCache(settings.seriesCacheSlots());
    SeriesTenants tenants = new SeriesTenants(cache, settings.series()::of, pairs);
    Gauge.builder("aom.ingest.active.series", tenants, SeriesTenants::activeSeries)
        .register(registry);
    return tenants;
  }

  @Bean(initMethod = "start")
  Repeating haPairsSaver(HaPairs pairs, IngestSettings settings, InstantSource clock) {
    return new Repeating(
        "aom-ha-pairs", settings.ha().failover().dividedBy(6), () -> pairs.save(clock.millis()));
  }
}
