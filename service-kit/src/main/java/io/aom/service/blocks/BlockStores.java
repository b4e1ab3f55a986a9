package io.aom.service.blocks;

import io.aom.blockstore.BlockFormat;
import io.aom.blockstore.BlockStore;
import io.aom.blockstore.BlockStoreSettings;
import io.aom.blockstore.HeadQuery;
import io.aom.blockstore.HeadSegment;
import io.aom.blockstore.PeerClient;
import io.aom.blockstore.SealPolicy;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.documents.OpenSearchDocumentStore;
import io.aom.service.kafka.KafkaProperties;
import io.aom.service.retention.RetentionDocument;
import io.aom.service.retention.TenantRetention;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * Opens the block store of a service's signal. A service has one bean method for it:
 *
 * <pre>{@code
 * @Bean
 * BlockStore<LogSegment> logStore(BlockStores stores, LogFormat format) {
 *   return stores.open(format, SEAL_POLICY, List.of(SEARCH, HISTOGRAM));
 * }
 * }</pre>
 */
public final class BlockStores {
  private final KafkaProperties kafka;
  private final MemberProperties member;
  private final BlocksProperties blocks;
  private final OpenSearch openSearch;
  private final PeerClient peers;

  BlockStores(
      KafkaProperties kafka,
      MemberProperties member,
      BlocksProperties blocks,
      OpenSearch openSearch,
      PeerClient peers) {
    this.kafka = kafka;
    this.member = member;
    this.blocks = blocks;
    this.openSearch = openSearch;
    this.peers = peers;
  }

  /**
   * Opens and starts a store. It reads as soon as Kafka and OpenSearch answer.
   *
   * @param defaults seal policy of the signal, which {@code aom.blocks.*} may override
   * @param queries what other members may ask
   */
  public <S extends HeadSegment> BlockStore<S> open(
      BlockFormat<S> format, SealPolicy defaults, List<HeadQuery<S, ?, ?>> queries) {
    return open(format, defaults, Map.of(), queries);
  }

  /**
   * Opens and starts a store of a signal with tiers.
   *
   * @param tierRetention how long tiers are kept unless {@code aom.blocks.tier-retention} says
   *     otherwise
   */
  public <S extends HeadSegment> BlockStore<S> open(
      BlockFormat<S> format,
      SealPolicy defaults,
      Map<String, Duration> tierRetention,
      List<HeadQuery<S, ?, ?>> queries) {
    BlockStore<S> store =
        new BlockStore<>(
            format,
            new BlockStoreSettings(
                kafka.bootstrapServers(),
                // Each group reads all of the topic, so each leaves offsets of its own.
                "aom-" + format.signal() + (member.group() == 0 ? "" : "-" + member.group()),
                member.membership(),
                blocks.over(defaults),
                blocks.merging(),
                new TenantRetention(
                    format.signal(),
                    tier -> blocks.retention(tier, tierRetention),
                    new OpenSearchDocumentStore<>(
                        openSearch, RetentionDocument.TYPE, InstantSource.system()),
                    InstantSource.system()),
                blocks.headBudgetBytes(),
                blocks.cacheBytes()),
            openSearch,
            peers,
            InstantSource.system());
    queries.forEach(store::serve);
    store.start();
    return store;
  }
}
