package io.aom.metrics.query;

import io.aom.blockstore.BlockReader;
import io.aom.blockstore.Heads;
import io.aom.metrics.cardinality.MetricUses;
import io.aom.metrics.cardinality.MetricUsesDocument;
import io.aom.metrics.head.MetricsSegment;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Queries over a store without Kafka and OpenSearch, as the service makes them. */
public final class TestQueries {
  private TestQueries() {}

  /** Over all that the store has, one million samples at most. */
  public static <S extends Heads<MetricsSegment> & BlockReader> MetricQueries over(S store) {
    return over(store, limits(1_000_000));
  }

  /** Over all that the store has. */
  public static <S extends Heads<MetricsSegment> & BlockReader> MetricQueries over(
      S store, QueryProperties limits) {
    return over(store, uses(), limits);
  }

  /** Over all that the store has, one million samples at most. */
  public static <S extends Heads<MetricsSegment> & BlockReader> MetricQueries over(
      S store, MetricUses uses) {
    return over(store, uses, limits(1_000_000));
  }

  private static <S extends Heads<MetricsSegment> & BlockReader> MetricQueries over(
      S store, MetricUses uses, QueryProperties limits) {
    return new MetricQueries(
        store, store, uses, limits, RollupProperties.DEFAULT, tenant -> Kept.ALL);
  }

  /** Which series and metrics the store has. */
  public static LabelQueries labels(LocalStore store, Supplier<Kept> kept) {
    return new LabelQueries(store, store, 1000, tenant -> kept.get(), store::savedMetadata);
  }

  static MetricUses uses() {
    return new MetricUses(
        new InMemoryDocumentStore<>(MetricUsesDocument.TYPE), 0, InstantSource.system());
  }

  static QueryProperties limits(long maxSamples) {
    return new QueryProperties(
        11_000, maxSamples, Duration.ofSeconds(60), 4, Duration.ofMinutes(5), 1000, null, null);
  }
}
