package io.aom.topology;

import static io.aom.topology.SpanFixture.MILLI;
import static io.aom.topology.SpanFixture.NOON;

import io.aom.topology.SpanFixture.One;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Makes traces as instrumented services send them, and keeps account of what they mean: the model
 * that the service map is held against.
 */
public final class TraceGenerator {
  private final Random random;
  private final List<One> spans = new ArrayList<>();
  private final Map<String, Long> edges = new TreeMap<>();
  private final Map<String, Long> errors = new TreeMap<>();
  private final Map<String, Long> taken = new TreeMap<>();
  private long nextId = 1;

  public TraceGenerator(long seed) {
    random = new Random(seed);
  }

  /** All spans so far, in the order in which they were made. */
  public List<One> spans() {
    return spans;
  }

  /** Calls by {@code caller > callee}. */
  public Map<String, Long> edges() {
    return edges;
  }

  /** Failed calls by {@code caller > callee}; none where there were none. */
  public Map<String, Long> errors() {
    return errors;
  }

  /** Server spans by service. */
  public Map<String, Long> taken() {
    return taken;
  }

  public TraceGenerator traces(int count) {
    for (int trace = 1; trace <= count; trace++) {
      serve("s" + random.nextInt(4), trace, 0, 0, NOON + random.nextInt(100_000) * MILLI);
    }
    return this;
  }

  private boolean serve(String service, long trace, long parent, int depth, long start) {
    One server = SpanFixture.server(service, trace, nextId);
    long id = nextId++;
    server.start(start, random.nextInt(50) * MILLI);
    if (parent != 0) {
      server.parent(parent);
    }
    boolean failed = random.nextInt(10) == 0;
    if (failed) {
      server.error();
    }
    server.attribute("http.route", "/r" + random.nextInt(3));
    spans.add(server);
    taken.merge(service, 1L, Long::sum);
    long inside = id;
    if (random.nextBoolean()) {
      inside = nextId++;
      spans.add(
          SpanFixture.span(service, trace, inside, SpanKind.SPAN_KIND_INTERNAL, "work")
              .parent(id)
              .start(start + 1, MILLI));
    }
    for (int calls = random.nextInt(depth > 3 ? 1 : 3); calls > 0; calls--) {
      call(service, trace, inside, depth, start + 2);
    }
    return failed;
  }

  private void call(String service, long trace, long parent, int depth, long start) {
    long id = nextId++;
    One client = SpanFixture.client(service, trace, id).parent(parent).start(start, 3 * MILLI);
    boolean failed = random.nextInt(10) == 0;
    if (failed) {
      client.error();
    }
    spans.add(client);
    String callee;
    switch (random.nextInt(4)) {
      case 0 -> {
        callee = "database:redis/cache";
        client.attribute("db.system.name", "redis").attribute("server.address", "cache");
      }
      case 1 -> {
        callee = "external:ext" + random.nextInt(2);
        client.attribute("server.address", callee.substring("external:".length()));
      }
      default -> {
        callee = "s" + random.nextInt(6);
        client.attribute("server.address", callee + ".local");
        failed |= serve(callee, trace, id, depth + 1, start + 1);
      }
    }
    String edge = service + " > " + callee;
    edges.merge(edge, 1L, Long::sum);
    if (failed) {
      errors.merge(edge, 1L, Long::sum);
    }
  }
}
