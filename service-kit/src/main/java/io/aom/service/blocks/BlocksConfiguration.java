package io.aom.service.blocks;

import io.aom.blockstore.BlockStore;
import io.aom.blockstore.Freshness;
import io.aom.identity.IdentityTokens;
import io.aom.opensearch.OpenSearch;
import io.aom.service.kafka.KafkaProperties;
import io.aom.service.opensearch.OpenSearchConfiguration;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.ObservationRegistry;
import java.util.function.ToDoubleFunction;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * For a service that keeps a signal. The service adds a {@link BlockStore} bean, opened through
 * {@link BlockStores}; this adds the endpoints, health and gauges around it.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
  KafkaProperties.class,
  MemberProperties.class,
  BlocksProperties.class
})
@Import({OpenSearchConfiguration.class, BlocksController.class})
public class BlocksConfiguration {
  @Bean
  HttpPeerClient peerClient(IdentityTokens tokens, ObservationRegistry observations) {
    return new HttpPeerClient(tokens, observations);
  }

  @Bean
  BlockStores blockStores(
      KafkaProperties kafka,
      MemberProperties member,
      BlocksProperties blocks,
      OpenSearch openSearch,
      HttpPeerClient peers) {
    return new BlockStores(kafka, member, blocks, openSearch, peers);
  }

  /**
   * Not ready while the owned partitions are not being read, nor after a start before they are read
   * as far as by a member that holds them too: while members are restarted one after the other, one
   * of them is always up to date.
   */
  @Bean
  HealthIndicator blockStoreHealthIndicator(BlockStore<?> store) {
    return () -> {
      BlockStore.Status status = store.status();
      boolean ready = status.reading() && status.caughtUp();
      Health.Builder health = ready ? Health.up() : Health.outOfService();
      String failure = status.failure();
      if (failure != null) {
        health.withDetail("failure", failure);
      }
      return health
          .withDetail("paused", status.paused())
          .withDetail("caughtUp", status.caughtUp())
          .build();
    };
  }

  @Bean
  MeterBinder blockStoreMeters(BlockStore<?> store) {
    return registry -> {
      Gauge.builder("aom.blocks.held.bytes", store, s -> s.status().heldBytes())
          .description("Memory of segments that queries read from the head")
          .register(registry);
      Gauge.builder("aom.blocks.cache.bytes", store, s -> s.status().cache().bytes())
          .description("Memory of columns of blocks that are kept for queries to come")
          .register(registry);
      Gauge.builder("aom.blocks.head.rows", store, s -> s.status().heldRows())
          .description("Rows that are not in a block yet")
          .register(registry);
      Gauge.builder("aom.blocks.lag.records", store, BlocksConfiguration::lag)
          .description("Records that Kafka has and heads have not read")
          .register(registry);
      Gauge.builder("aom.blocks.paused", store, s -> s.status().paused() ? 1 : 0)
          .description("1 while reading waits because heads are full")
          .register(registry);
      Gauge.builder("aom.blocks.members.away", store, BlocksConfiguration::away)
          .description("Members of the service that did not answer when they were asked last")
          .register(registry);
      counter(registry, "aom.blocks.cache.hits", store, status -> status.cache().hits());
      counter(registry, "aom.blocks.cache.misses", store, status -> status.cache().misses());
      counter(registry, "aom.blocks.sealed", store, BlockStore.Status::blocksSealed);
      counter(registry, "aom.blocks.seal.failures", store, BlockStore.Status::sealFailures);
      counter(registry, "aom.blocks.read.failures", store, BlockStore.Status::readFailures);
      counter(
          registry, "aom.blocks.retention.failures", store, BlockStore.Status::retentionFailures);
      counter(registry, "aom.blocks.merged", store, BlockStore.Status::blocksMerged);
      counter(registry, "aom.blocks.merge.failures", store, BlockStore.Status::mergeFailures);
      counter(registry, "aom.blocks.rows.expired", store, BlockStore.Status::rowsExpired);
      counter(registry, "aom.blocks.lost.offsets", store, BlockStore.Status::lostOffsets);
      counter(
          registry, "aom.blocks.answers.unreadable", store, BlockStore.Status::unreadableAnswers);
    };
  }

  private static void counter(
      MeterRegistry registry,
      String name,
      BlockStore<?> store,
      ToDoubleFunction<BlockStore.Status> value) {
    FunctionCounter.builder(name, store, s -> value.applyAsDouble(s.status())).register(registry);
  }

  private static double away(BlockStore<?> store) {
    return store.status().members().stream().filter(BlockStore.Status.Member::away).count();
  }

  private static double lag(BlockStore<?> store) {
    return store.status().partitions().stream()
        .mapToLong(Freshness::lag)
        .filter(lag -> lag > 0)
        .sum();
  }
}
