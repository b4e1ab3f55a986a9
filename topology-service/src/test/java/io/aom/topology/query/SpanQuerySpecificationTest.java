package io.aom.topology.query;

import static io.aom.topology.SpanFixture.MILLI;
import static io.aom.topology.SpanFixture.NOON;
import static io.aom.topology.SpanFixture.NOON_MILLIS;
import static io.aom.topology.SpanFixture.OTHER_TENANT;
import static io.aom.topology.SpanFixture.TENANT;
import static io.aom.topology.SpanFixture.client;
import static io.aom.topology.SpanFixture.record;
import static io.aom.topology.SpanFixture.server;
import static io.aom.topology.SpanFixture.span;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.aom.blockstore.Heads.Consistency;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TimeWindow;
import io.aom.topology.MemoryBlocks;
import io.aom.topology.SpanFixture.One;
import io.aom.topology.graph.CallStats;
import io.aom.topology.query.TraceQueries.Page;
import io.aom.topology.query.TraceQueries.Search;
import io.aom.topology.query.TraceQueries.Summary;
import io.aom.topology.query.TraceQueries.Trace;
import io.aom.topology.span.ServiceName;
import io.aom.topology.span.Span;
import io.aom.topology.span.SpanKind;
import io.aom.topology.span.SpanStatus;
import io.aom.topology.span.TraceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What queries answer, whichever way the spans lie: in the head, in several of its segments, in
 * blocks, in both at once, or some here and some there.
 */
class SpanQuerySpecificationTest {
  private static final QueryLimits LIMITS = new QueryLimits(500, 1000, 100);

  /** Where spans lie when the question comes. */
  enum Place {
    HEAD,
    SEGMENTS,
    BLOCKS,
    BLOCK_STILL_HELD,
    BLOCK_AND_HEAD
  }

  private static final class World {
    final MemoryBlocks store = new MemoryBlocks();
    final TraceQueries traces = new TraceQueries(store, store, LIMITS);
    final GraphQueries graph = new GraphQueries(store, store, LIMITS);

    Trace trace(long id) {
      return traces.trace(TENANT, new TraceId(7, id), Consistency.EVENTUAL);
    }

    Page search(Search search) {
      return traces.search(TENANT, search, Consistency.EVENTUAL);
    }

    Map<String, String> edges() {
      Map<String, String> edges = new TreeMap<>();
      graph
          .topology(TENANT, window(-60, 60), Consistency.EVENTUAL)
          .edges()
          .forEach(
              (edge, stats) ->
                  edges.put(
                      edge.caller().id() + " > " + edge.callee().id(),
                      stats.calls() + "/" + stats.errors()));
      return edges;
    }
  }

  /** Each record goes to partition 0; records lie where {@code place} says. */
  private static World world(Place place, List<List<One>> records) {
    World world = new World();
    for (int i = 0; i < records.size(); i++) {
      world.store.append(0, record(TENANT, i, NOON_MILLIS + i, records.get(i)));
      switch (place) {
        case HEAD, BLOCKS, BLOCK_STILL_HELD -> {}
        case SEGMENTS -> world.store.freeze();
        case BLOCK_AND_HEAD -> {
          if (i == (records.size() - 1) / 2) {
            world.store.seal(true);
          }
        }
      }
    }
    if (place == Place.BLOCKS || place == Place.BLOCK_STILL_HELD) {
      world.store.seal(place == Place.BLOCKS);
    }
    return world;
  }

  private static TimeWindow window(int fromMinutes, int toMinutes) {
    return new TimeWindow(
        Instant.ofEpochMilli(NOON_MILLIS + fromMinutes * 60_000L),
        Instant.ofEpochMilli(NOON_MILLIS + toMinutes * 60_000L));
  }

  private static Search all(int limit, String cursor) {
    return new Search(window(-60, 60), null, null, null, null, null, limit, cursor);
  }

  private static One root(String service, long trace, long id, int atMillis) {
    return server(service, trace, id).start(NOON + atMillis * MILLI, 100 * MILLI);
  }

  private static List<List<One>> shop() {
    return List.of(
        List.of(
            root("front", 1, 1, 0),
            client("front", 1, 2).parent(1).start(NOON + MILLI, 50 * MILLI)),
        List.of(
            server("cart", 1, 3).parent(2).start(NOON + 2 * MILLI, 40 * MILLI),
            client("cart", 1, 4)
                .parent(3)
                .attribute("db.system", "redis")
                .attribute("server.address", "cache-1")),
        List.of(
            server("front", 2, 5).start(NOON + 1000 * MILLI, 200 * MILLI).error(),
            client("front", 2, 6)
                .parent(5)
                .start(NOON + 1001 * MILLI, MILLI)
                .attribute("server.address", "pay.example")
                .error()),
        List.of(root("front", 3, 7, 2000)));
  }

  @ParameterizedTest
  @EnumSource
  void aTraceHasAllItsSpansInTheOrderOfTheirStart(Place place) {
    Trace trace = world(place, shop()).trace(1);

    assertThat(trace.partial()).isFalse();
    assertThat(trace.spans())
        .extracting(Span::spanId, Span::parentId, s -> s.service().id(), Span::kind)
        .containsExactly(
            tuple(1L, 0L, "front", SpanKind.SERVER),
            tuple(4L, 3L, "cart", SpanKind.CLIENT),
            tuple(2L, 1L, "front", SpanKind.CLIENT),
            tuple(3L, 2L, "cart", SpanKind.SERVER));
    assertThat(trace.spans().get(1).attributes())
        .containsEntry("db.system", "redis")
        .containsEntry("server.address", "cache-1");
    assertThat(trace.spans().get(3).resource())
        .containsEntry("service.name", "cart")
        .containsEntry("host.name", "host-cart");
    assertThat(trace.spans().getFirst().durationNanos()).isEqualTo(100 * MILLI);
  }

  @ParameterizedTest
  @EnumSource
  void aSpanKeepsItsStatusEventsAndLinks(Place place) {
    One one = root("a", 1, 1, 0).error().event(NOON + 5, "boom").link(9, 4);

    Span span = world(place, List.of(List.of(one))).trace(1).spans().getFirst();

    assertThat(span.status()).isEqualTo(SpanStatus.ERROR);
    assertThat(span.statusMessage()).isEqualTo("broken");
    assertThat(span.events())
        .extracting(Span.Event::timeNanos, Span.Event::name)
        .containsExactly(tuple(NOON + 5, "boom"));
    assertThat(span.links()).extracting(Span.Link::spanId).containsExactly("0000000000000004");
  }

  @ParameterizedTest
  @EnumSource
  void aSpanDeliveredTwiceIsThereOnceInTraceListAndMap(Place place) {
    List<List<One>> records = new ArrayList<>(shop());
    records.addAll(shop());

    World world = world(place, records);

    assertThat(world.trace(1).spans()).hasSize(4);
    assertThat(world.search(all(10, null)).traces()).hasSize(3);
  }

  @ParameterizedTest
  @EnumSource(names = {"HEAD", "BLOCKS", "BLOCK_STILL_HELD"})
  void aSpanDeliveredTwiceIsOneCall(Place place) {
    List<List<One>> records = new ArrayList<>(shop());
    records.addAll(shop());

    assertThat(world(place, records).edges()).isEqualTo(world(place, shop()).edges());
  }

  @ParameterizedTest
  @EnumSource
  void anUnknownTraceIsNotFoundAndNeitherIsAnotherTenants(Place place) {
    World world = world(place, shop());

    assertThatThrownBy(() -> world.trace(99))
        .isInstanceOfSatisfying(
            RejectedException.class, e -> assertThat(e.problem().status()).isEqualTo(404));
    assertThatThrownBy(
            () -> world.traces.trace(OTHER_TENANT, new TraceId(7, 1), Consistency.EVENTUAL))
        .isInstanceOf(RejectedException.class);
  }

  @ParameterizedTest
  @EnumSource
  void searchListsTheNewestFirst(Place place) {
    Page page = world(place, shop()).search(all(10, null));

    assertThat(page.cursor()).isNull();
    assertThat(page.traces())
        .extracting(
            trace -> trace.id().low(),
            Summary::rootService,
            Summary::rootOperation,
            Summary::spanCount,
            Summary::errorCount)
        .containsExactly(
            tuple(3L, "front", "GET /front", 1, 0),
            tuple(2L, "front", "GET /front", 2, 2),
            tuple(1L, "front", "GET /front", 4, 0));
    assertThat(page.traces().getLast().services()).containsExactly("cart", "front");
    assertThat(page.traces().getLast().durationNanos()).isEqualTo(100 * MILLI);
  }

  @ParameterizedTest
  @EnumSource
  void searchGoesOnFromItsCursorWithoutRepeating(Place place) {
    World world = world(place, shop());

    List<Long> seen = new ArrayList<>();
    String cursor = null;
    do {
      Page page = world.search(all(1, cursor));
      page.traces().forEach(trace -> seen.add(trace.id().low()));
      cursor = page.cursor();
    } while (cursor != null);

    assertThat(seen).containsExactly(3L, 2L, 1L);
  }

  @ParameterizedTest
  @EnumSource
  void searchFiltersByServiceOperationStatusAndDuration(Place place) {
    World world = world(place, shop());
    TimeWindow window = window(-60, 60);

    assertThat(ids(world, new Search(window, "cart", null, null, null, null, 9, null)))
        .containsExactly(1L);
    assertThat(ids(world, new Search(window, "front", "GET /front", null, null, null, 9, null)))
        .containsExactly(3L, 2L, 1L);
    assertThat(ids(world, new Search(window, "cart", "GET /front", null, null, null, 9, null)))
        .isEmpty();
    assertThat(ids(world, new Search(window, null, null, SpanStatus.ERROR, null, null, 9, null)))
        .containsExactly(2L);
    assertThat(ids(world, new Search(window, null, null, null, 101L, null, 9, null)))
        .containsExactly(2L);
    assertThat(ids(world, new Search(window(-60, -1), null, null, null, null, null, 9, null)))
        .isEmpty();
  }

  private static List<Long> ids(World world, Search search) {
    return world.search(search).traces().stream().map(trace -> trace.id().low()).toList();
  }

  @ParameterizedTest
  @EnumSource
  void servicesCountWhatTheyTookIn(Place place) {
    Map<ServiceName, CallStats> services =
        world(place, shop()).graph.services(TENANT, window(-1, 1), Consistency.EVENTUAL).totals();

    assertThat(services.keySet()).extracting(ServiceName::name).containsExactly("cart", "front");
    CallStats front = services.get(new ServiceName("", "front"));
    assertThat(front.calls()).isEqualTo(3);
    assertThat(front.errors()).isEqualTo(1);
    assertThat(front.durations().quantileNanos(0.5) / MILLI).isBetween(98.0, 102.0);
  }

  @ParameterizedTest
  @EnumSource
  void topologyJoinsClientAndServerAndNamesWhatSendsNoSpans(Place place) {
    assertThat(world(place, shop()).edges())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "cart > database:redis/cache-1", "1/0",
                "front > cart", "1/0",
                "front > external:pay.example", "1/1"));
  }

  @ParameterizedTest
  @EnumSource
  void messagesGoThroughTheirQueueUnlessTheProducerIsKnown(Place place) {
    var producer = io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_PRODUCER;
    var consumer = io.opentelemetry.proto.trace.v1.Span.SpanKind.SPAN_KIND_CONSUMER;
    List<List<One>> records =
        List.of(
            List.of(
                span("shop", 1, 1, producer, "send")
                    .attribute("messaging.system", "kafka")
                    .attribute("messaging.destination.name", "orders"),
                span("shop", 1, 2, producer, "send")
                    .attribute("messaging.system", "kafka")
                    .attribute("messaging.destination.name", "orders")),
            List.of(
                span("mail", 2, 3, consumer, "process")
                    .link(1, 1)
                    .attribute("messaging.system", "kafka")
                    .attribute("messaging.destination.name", "orders"),
                span("audit", 3, 4, consumer, "process")
                    .attribute("messaging.system", "kafka")
                    .attribute("messaging.destination.name", "orders")));

    assertThat(world(place, records).edges())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "shop > mail", "1/0",
                "shop > messaging:kafka/orders", "1/0",
                "messaging:kafka/orders > audit", "1/0"));
  }

  @ParameterizedTest
  @EnumSource
  void anAddressThatOnceLedToAServiceLeadsThereAlsoWithoutItsSpan(Place place) {
    List<List<One>> records =
        List.of(
            List.of(client("a", 1, 1).attribute("server.address", "b.local")),
            List.of(server("b", 1, 2).parent(1)),
            List.of(client("a", 2, 3).attribute("server.address", "b.local")));

    if (place == Place.SEGMENTS) {
      return; // Client and server never meet in one segment, so nothing shows what b.local is.
    }
    World world = world(place, records);
    if (place == Place.BLOCK_AND_HEAD) {
      assertThat(world.edges()).containsEntry("a > b", "2/0");
    } else {
      assertThat(world.edges()).isEqualTo(Map.of("a > b", "2/0"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void spansAreCountedExactly(Place place) {
    World world = world(place, shop());

    assertThat(world.traces.count(TENANT, window(-1, 1), null, Consistency.EVENTUAL))
        .isEqualTo(new TraceQueries.Count(7, List.of()));
    assertThat(world.traces.count(TENANT, window(-1, 1), "cart", Consistency.EVENTUAL).value())
        .isEqualTo(2);
    TimeWindow second =
        new TimeWindow(
            Instant.ofEpochMilli(NOON_MILLIS + 1), Instant.ofEpochMilli(NOON_MILLIS + 2000));
    assertThat(world.traces.count(TENANT, second, null, Consistency.EVENTUAL).value()).isEqualTo(4);
    assertThat(world.traces.count(OTHER_TENANT, window(-1, 1), null, Consistency.EVENTUAL).value())
        .isZero();
  }

  @ParameterizedTest
  @EnumSource
  void anAnswerSaysWhenAHeadCouldNotBeAsked(Place place) {
    World world = world(place, shop());
    world.store.loseOwner();

    assertThat(world.trace(1).partial()).isTrue();
    assertThat(world.search(all(10, null)).completeness().partial()).isTrue();
    assertThat(world.traces.count(TENANT, window(-1, 1), null, Consistency.EVENTUAL).exact())
        .isFalse();
  }

  @Test
  void whileBlocksCannotBeFoundAnswersAreWhatHeadsHold() {
    World world = world(Place.BLOCK_AND_HEAD, shop());
    world.store.blocksAway = true;

    assertThat(world.trace(2).spans()).extracting(Span::spanId).containsExactly(5L, 6L);
    assertThat(world.trace(2).missing())
        .containsExactly(
            "stored data of all times: OpenSearch does not answer as it should, only what heads"
                + " hold is here");
    assertThatThrownBy(() -> world.trace(1))
        .isInstanceOfSatisfying(
            RejectedException.class,
            e -> assertThat(e.problem()).as("it may be in a block").isEqualTo(Problem.UNAVAILABLE));
    Page page = world.search(all(10, null));
    assertThat(page.traces()).extracting(trace -> trace.id().low()).containsExactly(3L, 2L);
    assertThat(page.completeness().missing())
        .singleElement()
        .asString()
        .startsWith("stored data of 2026-01-31T11:00:00Z to 2026-01-31T13:00:00Z: ");
    TraceQueries.Count count =
        world.traces.count(TENANT, window(-60, 60), null, Consistency.EVENTUAL);
    assertThat(count.value()).isEqualTo(3);
    assertThat(count.exact()).isFalse();
    GraphQueries.Services services =
        world.graph.services(TENANT, window(-60, 60), Consistency.EVENTUAL);
    assertThat(services.totals().keySet()).extracting(ServiceName::name).containsExactly("front");
    assertThat(services.completeness().missing()).hasSize(1);
    assertThat(world.edges()).isNotEmpty().doesNotContainKey("front > cart");

    world.store.blocksAway = false;
    Page next = world.search(all(10, page.cursor()));
    assertThat(next.traces()).extracting(trace -> trace.id().low()).containsExactly(1L);
    assertThat(next.completeness().partial()).isFalse();
    assertThat(next.cursor()).isNull();
    assertThat(world.search(all(10, null)).traces()).hasSize(3);
    assertThat(world.trace(1).missing()).isEmpty();
    assertThat(world.edges()).containsKey("front > cart");
  }

  @Test
  void whileBlocksCannotBeReadAnswersAreWhatHeadsHold() {
    World world = world(Place.BLOCK_AND_HEAD, shop());
    world.store.columnsAway = true;

    assertThat(world.search(all(10, null)).traces())
        .extracting(trace -> trace.id().low())
        .containsExactly(3L, 2L);
    assertThat(world.search(all(10, null)).completeness().partial()).isTrue();
    GraphQueries.Topology topology =
        world.graph.topology(TENANT, window(-60, 60), Consistency.EVENTUAL);
    assertThat(topology.services()).hasSize(1);
    assertThat(topology.completeness().partial()).isTrue();
  }
}
