package io.aom.alarm;

import io.aom.alarm.evaluation.EvaluationLimits;
import io.aom.alarm.evaluation.EvaluationStores;
import io.aom.alarm.evaluation.FenceDocument;
import io.aom.alarm.evaluation.ProgressDocument;
import io.aom.alarm.evaluation.RuleKeeper;
import io.aom.alarm.evaluation.RuleTicks;
import io.aom.alarm.notify.DeliveryLimits;
import io.aom.alarm.notify.NotificationDocument;
import io.aom.alarm.notify.NotificationEngine;
import io.aom.alarm.notify.NotificationStore;
import io.aom.alarm.notify.Outbox;
import io.aom.alarm.query.ConditionQueries;
import io.aom.alarm.query.HttpRecordingGroups;
import io.aom.alarm.query.MetricsQueries;
import io.aom.alarm.rules.AlarmRules;
import io.aom.alarm.store.AlarmDocument;
import io.aom.alarm.store.AlarmStore;
import io.aom.alarm.store.RuleDocument;
import io.aom.alarm.store.RuleStore;
import io.aom.alarm.web.AlarmWebConfiguration;
import io.aom.identity.IdentityTokens;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.documents.OpenSearchDocumentStore;
import io.aom.opensearch.documents.StorePreparation;
import io.aom.service.ServiceKitConfiguration;
import io.aom.service.blocks.MemberProperties;
import io.aom.service.opensearch.OpenSearchConfiguration;
import io.aom.service.pace.Shard;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.time.InstantSource;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Everything the alarm service is made of. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
  AlarmProperties.class,
  MemberProperties.class,
  ServicesProperties.class
})
@Import({ServiceKitConfiguration.class, OpenSearchConfiguration.class, AlarmWebConfiguration.class})
public class AlarmConfiguration {
  private final InstantSource clock = InstantSource.system();

  @Bean
  Shard alarmShard(MemberProperties member) {
    return new Shard(member.ordinal(), member.count());
  }

  @Bean
  RuleStore ruleStore(OpenSearch openSearch) {
    return new RuleStore(new OpenSearchDocumentStore<>(openSearch, RuleDocument.TYPE, clock));
  }

  @Bean
  AlarmStore alarmStore(OpenSearch openSearch) {
    return new AlarmStore(new OpenSearchDocumentStore<>(openSearch, AlarmDocument.TYPE, clock));
  }

  @Bean
  RuleTicks ruleTicks(OpenSearch openSearch) {
    return new RuleTicks(new OpenSearchDocumentStore<>(openSearch, ProgressDocument.TYPE, clock));
  }

  @Bean
  NotificationStore notificationStore(OpenSearch openSearch) {
    return new NotificationStore(
        new OpenSearchDocumentStore<>(openSearch, NotificationDocument.TYPE, clock));
  }

  @Bean
  StorePreparation storePreparation(OpenSearch openSearch) {
    return new StorePreparation(
        Stream.of(
                RuleDocument.TYPE,
                AlarmDocument.TYPE,
                ProgressDocument.TYPE,
                FenceDocument.TYPE,
                NotificationDocument.TYPE)
            .map(type -> new OpenSearchDocumentStore<>(openSearch, type, clock))
            .toList());
  }

  /** Named in the readiness group: the first change must not wait for its index. */
  @Bean
  HealthIndicator documentsHealthIndicator(StorePreparation stores) {
    return () -> stores.isDone() ? Health.up().build() : Health.outOfService().build();
  }

  @Bean
  ConditionQueries conditionQueries(
      ServicesProperties services,
      IdentityTokens tokens,
      AlarmProperties properties,
      ObservationRegistry observations) {
    AlarmProperties.Evaluation evaluation = properties.evaluation();
    return new MetricsQueries(
        services.metrics(), tokens, evaluation.timeout(), evaluation.concurrency(), observations);
  }

  @Bean
  HttpRecordingGroups recordingGroups(
      ServicesProperties services, IdentityTokens tokens, ObservationRegistry observations) {
    return new HttpRecordingGroups(services.metrics(), tokens, observations);
  }

  @Bean
  AlarmMetrics alarmMetrics(MeterRegistry registry) {
    return new AlarmMetrics(registry);
  }

  @Bean(destroyMethod = "")
  NotificationEngine notificationEngine(
      Shard shard, NotificationStore store, AlarmMetrics metrics, AlarmProperties properties) {
    AlarmProperties.Webhook webhook = properties.webhook();
    return new NotificationEngine(
        shard,
        store,
        metrics,
        new NotificationEngine.Settings(
            properties.externalUrl(),
            webhook.timeout(),
            webhook.allowedNetworks(),
            webhook.loopbackPorts(),
            new DeliveryLimits(
                webhook.firstRetry(), webhook.longestRetry(), webhook.giveUpAfter())),
        clock);
  }

  @Bean(destroyMethod = "")
  RuleKeeper ruleKeeper(
      Shard shard,
      RuleStore rules,
      AlarmStore alarms,
      NotificationStore notifications,
      NotificationEngine engine,
      ConditionQueries queries,
      OpenSearch openSearch,
      AlarmMetrics metrics,
      AlarmProperties properties) {
    AlarmProperties.Evaluation evaluation = properties.evaluation();
    return new RuleKeeper(
        shard,
        rules,
        new EvaluationStores(
            alarms,
            new Outbox(alarms, notifications, engine::wake),
            new OpenSearchDocumentStore<>(openSearch, FenceDocument.TYPE, clock),
            new OpenSearchDocumentStore<>(openSearch, ProgressDocument.TYPE, clock)),
        queries,
        new EvaluationLimits(evaluation.settle(), evaluation.catchUp(), evaluation.maxSeries()),
        metrics,
        evaluation.refresh(),
        clock);
  }

  @Bean
  AlarmEngine alarmEngine(RuleKeeper keeper, NotificationEngine notifications) {
    return new AlarmEngine(keeper, notifications, clock);
  }

  @Bean
  AlarmRules alarmRules(RuleStore rules, ConditionQueries queries, AlarmEngine engine) {
    return new AlarmRules(rules, queries, clock, engine::wake);
  }
}
