package io.aom.logs;

import io.aom.blockstore.BlockStore;
import io.aom.blockstore.SealPolicy;
import io.aom.logs.block.LogBlockFormat;
import io.aom.logs.head.LogSegment;
import io.aom.logs.query.LogHeadQuery;
import io.aom.logs.query.LogSearch;
import io.aom.logs.query.LogSearchLimits;
import io.aom.logs.query.web.LogWebConfiguration;
import io.aom.service.ServiceKitConfiguration;
import io.aom.service.blocks.BlockStores;
import io.aom.service.blocks.BlocksConfiguration;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Everything the log service is made of. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LogSearchLimits.class)
@Import({ServiceKitConfiguration.class, BlocksConfiguration.class, LogWebConfiguration.class})
public class LogConfiguration {
  /**
   * Some parts of a block full; small enough that a search scans a head in a blink, and that a
   * restart replays minutes.
   */
  private static final SealPolicy SEAL_POLICY =
      new SealPolicy(
          8L * LogBlockFormat.MAX_PART_ROWS,
          64L << 20,
          Duration.ofMinutes(10),
          Duration.ofMinutes(5),
          Duration.ofSeconds(30));

  @Bean
  BlockStore<LogSegment> logStore(BlockStores stores) {
    return stores.open(new LogBlockFormat(), SEAL_POLICY, List.of(new LogHeadQuery()));
  }

  @Bean
  LogSearch logSearch(BlockStore<LogSegment> store, LogSearchLimits limits) {
    return new LogSearch(store.heads(), store.blocks(), limits, System::nanoTime);
  }
}
