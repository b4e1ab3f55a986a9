package io.aom.metrics.cardinality;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.Freshness;
import io.aom.blockstore.HeldFrom;
import io.aom.blockstore.PartitionHead;
import io.aom.metrics.head.MetricsSegment;
import io.aom.telemetry.TenantId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
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

  @Test
  void onePartitionIsCountedAtATime() throws Exception {
    Crowd crowd = new Crowd();
    SeriesCountsQuery query = new SeriesCountsQuery(crowd);
    var question = new SeriesCountsQuery.Question(TENANT, "", 0, 1, 0, 1);
    List<Future<?>> asked = new ArrayList<>();
    try (var executor = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 2_000; i++) {
        PartitionHead<MetricsSegment> head =
            new PartitionHead<>(
                i % 4,
                new HeldFrom("topic", 0),
                Long.MAX_VALUE,
                new Freshness(i % 4, 0, 0, 0),
                List.of());
        asked.add(executor.submit(() -> query.run(question, head)));
      }
    }
    for (Future<?> one : asked) {
      one.get();
    }
    assertThat(crowd.most).hasValue(1);
  }
}
