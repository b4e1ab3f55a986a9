package io.aom.metrics.recording;

import io.aom.metrics.ingest.IngestClient;
import io.aom.metrics.query.MetricQueries;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.OpenSearchDocumentStore;
import io.aom.opensearch.documents.StorePreparation;
import io.aom.service.blocks.MemberProperties;
import io.aom.service.pace.PacedLifecycle;
import io.aom.service.pace.Shard;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Recording rules: where they are kept, and who evaluates them. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RecordingProperties.class)
public class RecordingConfiguration {
  @Bean
  DocumentStore<GroupState> recordingStates(OpenSearch openSearch, InstantSource clock) {
    return new OpenSearchDocumentStore<>(openSearch, GroupState.TYPE, clock);
  }

  @Bean
  DocumentStore<RuleGroupDocument> recordingGroups(OpenSearch openSearch, InstantSource clock) {
    return new OpenSearchDocumentStore<>(openSearch, RuleGroupDocument.TYPE, clock);
  }

  @Bean
  StorePreparation storePreparation(
      DocumentStore<RuleGroupDocument> groups, DocumentStore<GroupState> states) {
    return new StorePreparation(List.of(groups, states));
  }

  /** Named in the readiness group: the first change must not wait for its index. */
  @Bean
  HealthIndicator documentsHealthIndicator(StorePreparation stores) {
    return () -> stores.isDone() ? Health.up().build() : Health.outOfService().build();
  }

  @Bean
  RuleGroups ruleGroups(
      DocumentStore<RuleGroupDocument> groups,
      DocumentStore<GroupState> states,
      RecordingProperties properties,
      ObjectProvider<PacedLifecycle> evaluation) {
    return new RuleGroups(
        groups, states, properties.maxGroups(), () -> evaluation.getObject().wake());
  }

  @Bean(destroyMethod = "")
  GroupKeeper groupKeeper(
      MemberProperties member,
      RuleGroups groups,
      DocumentStore<GroupState> states,
      MetricQueries queries,
      IngestClient ingest,
      RecordingProperties properties,
      MeterRegistry registry,
      InstantSource clock) {
    GroupKeeper keeper =
        new GroupKeeper(
            new Shard(member.ordinal(), member.count()),
            groups,
            states,
            new EngineQueries(queries, properties.concurrency()),
            new IngestWriter(ingest),
            properties,
            new RecordingMetrics(registry),
            clock);
    Gauge.builder("aom.metrics.recording.groups", keeper, GroupKeeper::size)
        .description("Groups of recording rules that this member evaluates")
        .register(registry);
    return keeper;
  }

  @Bean
  PacedLifecycle recordingRules(GroupKeeper keeper, InstantSource clock) {
    return new PacedLifecycle("recording-rules", keeper, keeper::close, clock);
  }
}
