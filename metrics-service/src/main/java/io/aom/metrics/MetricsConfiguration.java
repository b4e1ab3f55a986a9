package io.aom.metrics;

import io.aom.blockstore.BlockStore;
import io.aom.blockstore.Retention;
import io.aom.blockstore.SealPolicy;
import io.aom.identity.IdentityTokens;
import io.aom.metrics.block.MetricsBlockFormat;
import io.aom.metrics.cardinality.Cardinality;
import io.aom.metrics.cardinality.MetricUses;
import io.aom.metrics.cardinality.MetricUsesDocument;
import io.aom.metrics.cardinality.UsesSaver;
import io.aom.metrics.cardinality.web.CardinalityWebConfiguration;
import io.aom.metrics.head.HeadStatistics;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.ingest.IngestClient;
import io.aom.metrics.metadata.SavedMetadata;
import io.aom.metrics.overflow.FoldEvents;
import io.aom.metrics.overflow.FoldProperties;
import io.aom.metrics.overflow.FoldStatistics;
import io.aom.metrics.promql.QueryMemory;
import io.aom.metrics.query.Kept;
import io.aom.metrics.query.LabelQueries;
import io.aom.metrics.query.MetricQueries;
import io.aom.metrics.query.QueryProperties;
import io.aom.metrics.query.RollupProperties;
import io.aom.metrics.query.web.QueryWebConfiguration;
import io.aom.metrics.recording.RecordingConfiguration;
import io.aom.metrics.recording.web.RecordingWebConfiguration;
import io.aom.metrics.retention.web.RetentionWebConfiguration;
import io.aom.metrics.series.Resolution;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.documents.OpenSearchDocumentStore;
import io.aom.service.ServiceKitConfiguration;
import io.aom.service.blocks.BlockStores;
import io.aom.service.blocks.BlocksConfiguration;
import io.aom.service.blocks.MemberProperties;
import io.aom.service.http.ObservedHttpClient;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.ObservationRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Everything the metrics service is made of. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
  QueryProperties.class,
  RollupProperties.class,
  FoldProperties.class,
  MetricsConfiguration.ServicesProperties.class
})
@Import({
  ServiceKitConfiguration.class,
  BlocksConfiguration.class,
  QueryWebConfiguration.class,
  CardinalityWebConfiguration.class,
  RecordingConfiguration.class,
  RecordingWebConfiguration.class,
  RetentionWebConfiguration.class
})
public class MetricsConfiguration {
  /** Base URLs of the services that this one asks. */
  @ConfigurationProperties("aom.services")
  record ServicesProperties(@DefaultValue("http://127.0.0.1:8081") URI ingest) {}

  /**
   * Segments of 20 minutes hold some 80 samples of a series that is scraped every 15 seconds; they
   * stay a little longer, so that most instant queries and alarms find all they need in memory.
   */
  private static final SealPolicy SEAL_POLICY =
      new SealPolicy(
          8_000_000,
          256L << 20,
          Duration.ofMinutes(20),
          Duration.ofMinutes(25),
          Duration.ofMinutes(6));

  private static final Map<String, Duration> ROLLUP_RETENTION =
      Map.of(
          Resolution.FIVE_MINUTES.text(),
          Duration.ofDays(90),
          Resolution.HOUR.text(),
          Duration.ofDays(400));

  @Bean
  SavedMetadata savedMetadata(OpenSearch openSearch, InstantSource clock) {
    return SavedMetadata.in(openSearch, clock);
  }

  @Bean
  IngestClient ingestClient(
      ServicesProperties services, IdentityTokens tokens, ObservationRegistry observations) {
    return new IngestClient(services.ingest(), tokens, ObservedHttpClient.toServices(observations));
  }

  @Bean
  FoldEvents foldEvents(IngestClient ingest) {
    return new FoldEvents(ingest, Duration.ofSeconds(5));
  }

  @Bean
  MetricsBlockFormat metricsBlockFormat(
      RollupProperties rollups,
      FoldProperties folding,
      SavedMetadata metadata,
      FoldEvents foldEvents) {
    return new MetricsBlockFormat(rollups.made(), folding, metadata::save, foldEvents);
  }

  @Bean
  BlockStore<MetricsSegment> metricsStore(BlockStores stores, MetricsBlockFormat format) {
    return stores.open(format, SEAL_POLICY, ROLLUP_RETENTION, MetricQueries.HEAD_QUERIES);
  }

  @Bean
  Retention retention(BlockStore<MetricsSegment> store) {
    return store.retention();
  }

  @Bean
  Cardinality cardinality(BlockStore<MetricsSegment> store, MetricQueries queries) {
    Cardinality cardinality = new Cardinality(store.heads(), store.blocks(), queries.memory());
    store.serve(cardinality.counts());
    return cardinality;
  }

  @Bean
  MetricUses metricUses(OpenSearch openSearch, MemberProperties member, InstantSource clock) {
    return new MetricUses(
        new OpenSearchDocumentStore<>(openSearch, MetricUsesDocument.TYPE, clock),
        member.ordinal(),
        clock);
  }

  @Bean
  UsesSaver usesSaver(MetricUses uses) {
    return new UsesSaver(uses, Duration.ofMinutes(1));
  }

  @Bean
  MetricQueries metricQueries(
      BlockStore<MetricsSegment> store,
      MetricUses uses,
      QueryProperties properties,
      RollupProperties rollups,
      InstantSource clock) {
    MetricQueries queries =
        new MetricQueries(
            store.heads(),
            store.allBlocks(),
            uses,
            properties,
            rollups,
            tenant -> Kept.of(store.retention(), tenant, clock.millis()));
    store.serve(queries.partials());
    return queries;
  }

  @Bean
  LabelQueries labelQueries(
      BlockStore<MetricsSegment> store,
      SavedMetadata metadata,
      QueryProperties properties,
      InstantSource clock) {
    return new LabelQueries(
        store.heads(),
        store.blocks(),
        properties.maxSeries(),
        tenant -> Kept.of(store.retention(), tenant, clock.millis()),
        metadata::of);
  }

  @Bean
  MeterBinder metricHeadMeters(
      MetricsBlockFormat format,
      MetricQueries queries,
      SavedMetadata metadata,
      FoldEvents foldEvents) {
    HeadStatistics heads = format.statistics();
    FoldStatistics folds = format.foldStatistics();
    return registry -> {
      counter(
          registry,
          "aom.metrics.head.samples",
          heads,
          HeadStatistics::samples,
          "Samples taken into heads");
      counter(
          registry,
          "aom.metrics.head.samples.repeated",
          heads,
          HeadStatistics::repeatedSamples,
          "Samples that a head had already");
      counter(
          registry,
          "aom.metrics.head.metadata.left.out",
          heads,
          HeadStatistics::metadataLeftOut,
          "Metadata of metrics that found no room in a head");
      counter(
          registry,
          "aom.metrics.head.exemplars.stray",
          heads,
          HeadStatistics::strayExemplars,
          "Exemplars left out, since no sample of their series came in the whole segment");
      counter(
          registry,
          "aom.metrics.head.series",
          heads,
          HeadStatistics::newSeries,
          "Series that were new to a segment");
      counter(
          registry,
          "aom.metrics.fold.series",
          folds,
          FoldStatistics::series,
          "Series of labels with too many values that began to be folded");
      counter(
          registry,
          "aom.metrics.fold.samples",
          folds,
          FoldStatistics::samples,
          "Samples of folded series");
      counter(
          registry,
          "aom.metrics.fold.samples.late",
          folds,
          FoldStatistics::lateSamples,
          "Samples of folded series that were not newer than the last, left out");
      counter(
          registry,
          "aom.metrics.fold.refused",
          folds,
          FoldStatistics::refused,
          "Times that a series was left out since there was no room to fold it");
      counter(
          registry,
          "aom.metrics.fold.forgotten",
          folds,
          FoldStatistics::forgotten,
          "Folded series whose last value made room for others");
      counter(
          registry,
          "aom.metrics.fold.events.lost",
          foldEvents,
          FoldEvents::lost,
          "Times that a tenant's logs do not say that a label began to fold");
      counter(
          registry,
          "aom.metrics.metadata.unsaved",
          metadata,
          SavedMetadata::unsaved,
          "Metrics whose metadata could not be saved or had to make room");
      Gauge.builder("aom.metrics.query.running", queries, MetricQueries::running)
          .description("Queries under evaluation")
          .register(registry);
      Gauge.builder("aom.metrics.query.memory", queries.memory(), QueryMemory::reservedBytes)
          .description("Heap that queries have reserved, as they reckon it")
          .baseUnit("bytes")
          .register(registry);
      counter(
          registry,
          "aom.metrics.query.memory.refused",
          queries.memory(),
          QueryMemory::refused,
          "Queries that were refused since they, or all together, held too much");
    };
  }

  private static <T> void counter(
      MeterRegistry registry, String name, T of, ToDoubleFunction<T> count, String description) {
    FunctionCounter.builder(name, of, count).description(description).register(registry);
  }

  @Bean
  InstantSource queryClock() {
    return InstantSource.system();
  }
}
