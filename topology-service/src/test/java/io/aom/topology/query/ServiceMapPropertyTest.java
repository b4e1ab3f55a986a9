package io.aom.topology.query;

import static io.aom.topology.SpanFixture.NOON_MILLIS;
import static io.aom.topology.SpanFixture.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.Heads.Consistency;
import io.aom.telemetry.TimeWindow;
import io.aom.topology.MemoryBlocks;
import io.aom.topology.SpanFixture;
import io.aom.topology.SpanFixture.One;
import io.aom.topology.TraceGenerator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What the map says of generated traces, against what the generator knows that they mean. */
class ServiceMapPropertyTest {
  private static final TimeWindow WINDOW =
      new TimeWindow(
          Instant.ofEpochMilli(NOON_MILLIS - 1000), Instant.ofEpochMilli(NOON_MILLIS + 600_000));

  @Property(tries = 60)
  void theMapIsWhatTheTracesMean(@ForAll long seed) {
    TraceGenerator model = new TraceGenerator(seed).traces(20);
    Random random = new Random(seed);
    for (boolean sealed : new boolean[] {false, true}) {
      MemoryBlocks store = new MemoryBlocks();
      List<One> spans = new ArrayList<>(model.spans());
      Collections.shuffle(spans, random);
      // Every seventh span is delivered twice.
      List<One> twice = new ArrayList<>(spans);
      for (int i = 0; i < spans.size(); i += 7) {
        twice.add(spans.get(i));
      }
      append(store, twice, random, false);
      if (sealed) {
        store.seal(true);
      }
      check(store, model);
    }
  }

  @Property(tries = 60)
  void pairsTornAnywhereAreJoined(@ForAll long seed) {
    TraceGenerator model = new TraceGenerator(seed).traces(20);
    Random random = new Random(seed);
    MemoryBlocks store = new MemoryBlocks();
    List<One> spans = new ArrayList<>(model.spans());
    Collections.shuffle(spans, random);
    append(store, spans.subList(0, spans.size() / 2), random, true);
    store.seal(true);
    append(store, spans.subList(spans.size() / 2, spans.size()), random, true);
    check(store, model);
  }

  private static void append(MemoryBlocks store, List<One> spans, Random random, boolean torn) {
    for (int from = 0; from < spans.size(); ) {
      int to = Math.min(spans.size(), from + 1 + random.nextInt(9));
      store.append(0, SpanFixture.record(TENANT, from, NOON_MILLIS, spans.subList(from, to)));
      from = to;
      if (torn && random.nextInt(5) == 0) {
        store.freeze();
      }
    }
  }

  private static void check(MemoryBlocks store, TraceGenerator model) {
    GraphQueries queries = new GraphQueries(store, store, new QueryLimits(10, 10, 100));
    Map<String, Long> edges = new TreeMap<>();
    Map<String, Long> errors = new TreeMap<>();
    queries
        .topology(TENANT, WINDOW, Consistency.EVENTUAL)
        .edges()
        .forEach(
            (edge, stats) -> {
              String name = edge.caller().id() + " > " + edge.callee().id();
              edges.put(name, stats.calls());
              assertThat(stats.durations().total()).isEqualTo(stats.calls());
              if (stats.errors() > 0) {
                errors.put(name, stats.errors());
              }
            });
    assertThat(edges).isEqualTo(model.edges());
    assertThat(errors).isEqualTo(model.errors());

    Map<String, Long> taken = new TreeMap<>();
    queries
        .services(TENANT, WINDOW, Consistency.EVENTUAL)
        .totals()
        .forEach((service, stats) -> taken.put(service.name(), stats.calls()));
    assertThat(taken).isEqualTo(model.taken());
  }
}
