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
   * Sixteen parts a block, and a restart that replays some minutes; a segment takes about a
   * kilobyte a span.
   */
  static final SealPolicy SEAL =
      new SealPolicy(
          131_072, 96L << 20, Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofMinutes(1));

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
