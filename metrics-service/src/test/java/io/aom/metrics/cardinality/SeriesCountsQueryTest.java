package io.aom.metrics.cardinality;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.BlockPart;
import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.Freshness;
import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.HeldFrom;
import io.aom.blockstore.MalformedRecordException;
import io.aom.blockstore.PartitionHead;
import io.aom.blockstore.PartsGoneException;
import io.aom.blockstore.StoreUnavailableException;
import io.aom.metrics.RemoteWrite;
import io.aom.metrics.head.HeadStatistics;
import io.aom.metrics.head.MetricsSegment;
import io.aom.metrics.promql.QueryMemory;
import io.aom.metrics.series.Labels;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SeriesCountsQueryTest {
  private static final TenantId TENANT = new TenantId("acme");

  /** No parts, and how many look for some at once. */
  private static final class Crowd implements BlockReader {
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    @Override
    public List<FoundPart> find(BlockQuery query) {
      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
      Thread.yield();
      inside.decrementAndGet();
      return List.of();
    }

    @Override
    public Map<FoundPart, Map<String, byte[]>> fetch(
        Collection<FoundPart> parts, List<String> columns) {
      return Map.of();
    }
  }

  /** OpenSearch that fails, and how often it was asked. */
  private static final class Away implements BlockReader {
    private int asked;

    @Override
    public List<FoundPart> find(BlockQuery query) {
      asked++;
      throw new StoreUnavailableException(
          "away", new OpenSearchUnavailableException("away", new IOException("no answer")));
    }

    @Override
    public Map<FoundPart, Map<String, byte[]>> fetch(
        Collection<FoundPart> parts, List<String> columns) {
      throw new AssertionError("nothing was found");
    }
  }

  /** One part in partition 0, which is removed once it was found. */
  private static final class Removed implements BlockReader {
    private static final FoundPart PART =
        new FoundPart("index", "id", 0, 0, 1, 0, 0, 1, 1, BlockPart.AS_RECEIVED);

    private boolean found;

    @Override
    public List<FoundPart> find(BlockQuery query) {
      boolean first = !found;
      found = true;
      return first ? List.of(PART) : List.of();
    }

    @Override
    public Map<FoundPart, Map<String, byte[]>> fetch(
        Collection<FoundPart> parts, List<String> columns) {
      if (!parts.isEmpty()) {
        throw new PartsGoneException(Set.copyOf(parts), parts.size());
      }
      return Map.of();
    }
  }

  /** With one series. */
  private static PartitionHead<MetricsSegment> head(int partition) {
    MetricsSegment segment = new MetricsSegment(new HeadStatistics(), null);
    RemoteWrite request =
        new RemoteWrite()
            .series(Labels.of("__name__", "up", "instance", Integer.toString(partition)), 0, 1);
    try {
      segment.append(new HeadRecord(TENANT, request.toByteArray(), request.items(), 0, 0));
    } catch (MalformedRecordException e) {
      throw new IllegalArgumentException(e);
    }
    return new PartitionHead<>(
        partition,
        new HeldFrom("topic", 0),
        Long.MAX_VALUE,
        new Freshness(partition, 1, 1, 0),
        List.of(segment));
  }

  @Test
  void onlyTheFirstPartitionWaitsForOpenSearchThatIsAway() {
    Away away = new Away();
    SeriesCountsQuery query = new SeriesCountsQuery(away, QueryMemory.ENDLESS);
    SeriesCountsQuery.Asked asked = query.ask(TENANT, "", 0, 1, 0, 1);
    SeriesCountsQuery.Asked meanwhile = query.decodeQuestion(query.encodeQuestion(asked));
    for (SeriesCountsQuery.Asked one : List.of(asked, meanwhile)) {
      for (int partition = 0; partition < 4; partition++) {
        assertThat(query.run(one, head(partition)))
            .matches(counts -> counts.counts().series() == 1)
            .matches(counts -> counts.missing().size() == 1)
            .matches(SeriesCountsQuery.PartitionCounts::storeAway);
      }
    }
    assertThat(away.asked).isEqualTo(1);

    query.run(query.ask(TENANT, "", 0, 1, 0, 1), head(0));
    assertThat(away.asked).isEqualTo(2);
  }

  @Test
  void whatIsOfOnePartitionMakesNoOtherPartial() {
    BlockReader refusing =
        new BlockReader() {
          @Override
          public List<FoundPart> find(BlockQuery query) {
            if (query.partition() == 0) {
              throw new StoreUnavailableException("its head is far behind");
            }
            return List.of();
          }

          @Override
          public Map<FoundPart, Map<String, byte[]>> fetch(
              Collection<FoundPart> parts, List<String> columns) {
            return Map.of();
          }
        };
    SeriesCountsQuery query = new SeriesCountsQuery(refusing, QueryMemory.ENDLESS);
    SeriesCountsQuery.Asked asked = query.ask(TENANT, "", 0, 1, 0, 1);

    assertThat(query.run(asked, head(0)))
        .matches(counts -> counts.missing().size() == 1)
        .matches(counts -> !counts.storeAway());
    assertThat(query.run(asked, head(1)).missing()).isEmpty();
  }

  @Test
  void aPartThatIsRemovedMeanwhileMakesNothingPartial() {
    SeriesCountsQuery query = new SeriesCountsQuery(new Removed(), QueryMemory.ENDLESS);
    SeriesCountsQuery.Asked asked = query.ask(TENANT, "", 0, 1, 0, 1);

    assertThat(query.run(asked, head(0)).missing()).isEmpty();
    assertThat(query.run(asked, head(1)).missing()).isEmpty();
  }

  @Test
  void onePartitionIsCountedAtATime() throws Exception {
    Crowd crowd = new Crowd();
    SeriesCountsQuery query = new SeriesCountsQuery(crowd, QueryMemory.ENDLESS);
    SeriesCountsQuery.Asked question = query.ask(TENANT, "", 0, 1, 0, 1);
    List<Future<?>> asked = new ArrayList<>();
    try (var executor = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 2_000; i++) {
        PartitionHead<MetricsSegment> head = head(i % 4);
        asked.add(executor.submit(() -> query.run(question, head)));
      }
    }
    for (Future<?> one : asked) {
      one.get();
    }
    assertThat(crowd.most).hasValue(1);
  }
}
