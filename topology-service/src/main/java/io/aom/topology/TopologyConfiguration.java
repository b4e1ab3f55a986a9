package io.aom.topology;

import io.aom.blockstore.BlockStore;
import io.aom.blockstore.SealPolicy;
import io.aom.service.ServiceKitConfiguration;
import io.aom.service.blocks.BlockStores;
import io.aom.service.blocks.BlocksConfiguration;
import io.aom.topology.block.SpanBlockFormat;
import io.aom.topology.head.SpanSegment;
import io.aom.topology.query.GraphQueries;
import io.aom.topology.query.QueryLimits;
import io.aom.topology.query.SpanQueries;
import io.aom.topology.query.TraceQueries;
import io.aom.topology.query.web.WebConfiguration;
import java.time.Duration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** All of topology-service; standalone imports it too. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(QueryLimits.class)
@Import({ServiceKitConfiguration.class, BlocksConfiguration.class, WebConfiguration.class})
public class TopologyConfiguration {
  /**
   * Eight parts a block: large enough that few traces are torn between blocks, small enough that
   * the heads of four partitions stay under 130 MB (a span takes some 460 bytes) and that a restart
   * replays minutes.
   */
  static final SealPolicy SEAL =
      new SealPolicy(
          65_536, 32L << 20, Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofSeconds(30));

  @Bean
  BlockStore<SpanSegment> spanStore(BlockStores stores) {
    return stores.open(new SpanBlockFormat(), SEAL, SpanQueries.all());
  }

  @Bean
  TraceQueries traceQueries(BlockStore<SpanSegment> store, QueryLimits limits) {
    return new TraceQueries(store.heads(), store.blocks(), limits);
  }

  @Bean
  GraphQueries graphQueries(BlockStore<SpanSegment> store, QueryLimits limits) {
    return new GraphQueries(store.heads(), store.blocks(), limits);
  }
}
