package io.aom.bench;

import io.aom.telemetry.otlp.Otlp;
import io.aom.telemetry.otlp.Otlp.Envelope;
import io.aom.telemetry.otlp.Otlp.Resource;
import io.aom.telemetry.otlp.OtlpFields;
import io.aom.telemetry.wire.ProtoWriter;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Traces with a fixed seed, each as OTLP and as Zipkin's JSON: the same arguments give the same
 * bytes. A trace has 9 to 12 spans of five services; a request holds {@value #TRACES_PER_REQUEST}
 * whole traces.
 *
 * @param run end of the services' names, which tells the spans of one run from all others
 * @param traces in a round, at least 1
 */
record SpanPayloads(String run, int traces) {
  static final int TRACES_PER_REQUEST = 100;
  static final List<String> SERVICES = List.of("frontend", "cart", "orders", "payment", "stock");
  private static final long SEED = 0x5eed_5ba0L;
  private static final long NANOS_PER_TRACE = 100_000;
  private static final int SERVER = 2;
  private static final int CLIENT = 3;
  private static final int INTERNAL = 1;

  private static final JsonFactory JSON = new JsonFactory();

  SpanPayloads {
    if (traces < 1) {
      throw new IllegalArgumentException("traces: " + traces + " (expected: 1 or more)");
    }
  }

  /** A trace as it was sent: its id, in hexadecimal digits, and how many spans it has. */
  record Sent(String id, int spans) {}

  /**
   * What one round sends.
   *
   * @param otlp requests of OTLP
   * @param zipkin the same spans, as lists of Zipkin's JSON
   * @param sent all traces, in the order of the requests
   * @param last the last trace of each of the last requests
   * @param byService how many spans each of {@link #SERVICES} has
   */
  record Round(
      List<byte[]> otlp,
      List<byte[]> zipkin,
      long items,
      List<Sent> sent,
      List<Sent> last,
      List<Long> byService)
      implements io.aom.bench.Round {}

  /** A span before it takes either form; attributes are name and value in turn. */
  private record Piece(
      int service,
      int kind,
      String name,
      long high,
      long low,
      long id,
      long parent,
      long startMicros,
      long micros,
      boolean failed,
      List<String> attributes) {}

  /** Name of a service in this run. */
  String service(int index) {
    return SERVICES.get(index) + '-' + run;
  }

  /**
   * The round with this number.
   *
   * @param lastMillis time of the last trace's start
   * @param connections of whose last requests the last traces are wanted
   */
  Round round(int number, long lastMillis, int connections) {
    var random = new SplittableRandom(SEED + number);
    var otlp = new ArrayList<byte[]>();
    var zipkin = new ArrayList<byte[]>();
    var sent = new ArrayList<Sent>();
    var last = new ArrayList<Sent>();
    var writer = new ProtoWriter(1 << 20);
    long[] byService = new long[SERVICES.size()];
    long items = 0;
    for (int from = 0; from < traces; from += TRACES_PER_REQUEST) {
      var pieces = new ArrayList<Piece>();
      for (int i = from; i < Math.min(traces, from + TRACES_PER_REQUEST); i++) {
        int before = pieces.size();
        trace(random, pieces, lastMillis * 1_000 - (traces - 1L - i) * NANOS_PER_TRACE / 1_000);
        Piece root = pieces.get(before);
        sent.add(new Sent(Ids.hex(root.high) + Ids.hex(root.low), pieces.size() - before));
      }
      pieces.forEach(piece -> byService[piece.service]++);
      items += pieces.size();
      last.add(sent.getLast());
      otlp.add(otlp(writer, pieces));
      zipkin.add(zipkin(pieces));
    }
    return new Round(
        List.copyOf(otlp),
        List.copyOf(zipkin),
        items,
        List.copyOf(sent),
        List.copyOf(last.subList(Math.max(0, last.size() - connections), last.size())),
        Arrays.stream(byService).boxed().toList());
  }

  /** One purchase: the front end asks the cart and the orders, which ask payment and stock. */
  private static void trace(SplittableRandom random, List<Piece> pieces, long startMicros) {
    var maker = new Maker(random, pieces, startMicros);
    boolean failed = random.nextInt(50) == 0;
    String user = "user-" + random.nextInt(20_000);
    String order = "/checkout/" + random.nextInt(1_000_000);
    long root =
        maker.add(
            0,
            SERVER,
            "POST /checkout/{id}",
            0,
            240_000,
            failed,
            server(random, "POST", order, user));
    for (int i = random.nextInt(3); i > 0; i--) {
      maker.add(
          0,
          INTERNAL,
          "render",
          root,
          8_000,
          false,
          List.of("template", "page-" + random.nextInt(30)));
    }
    long toCart = maker.add(0, CLIENT, "GET", root, 60_000, false, client("cart", "/cart/" + user));
    long cart =
        maker.add(
            1,
            SERVER,
            "GET /cart/{user}",
            toCart,
            50_000,
            false,
            server(random, "GET", "/cart/" + user, user));
    if (random.nextBoolean()) {
      maker.add(1, CLIENT, "SELECT carts", cart, 20_000, false, database(random));
    }
    long toOrders =
        maker.add(0, CLIENT, "POST", root, 150_000, failed, client("orders", "/orders"));
    long orders =
        maker.add(
            2,
            SERVER,
            "POST /orders",
            toOrders,
            140_000,
            failed,
            server(random, "POST", "/orders", user));
    long toPayment =
        maker.add(2, CLIENT, "POST", orders, 80_000, failed, client("payment", "/charge"));
    maker.add(
        3,
        SERVER,
        "POST /charge",
        toPayment,
        70_000,
        failed,
        server(random, "POST", "/charge", user));
    long toStock =
        maker.add(2, CLIENT, "PUT", orders, 30_000, false, client("stock", "/stock" + order));
    maker.add(
        4,
        SERVER,
        "PUT /stock/{id}",
        toStock,
        25_000,
        false,
        server(random, "PUT", "/stock" + order, user));
  }

  private static List<String> server(
      SplittableRandom random, String method, String path, String user) {
    return List.of(
        "http.request.method",
        method,
        "url.path",
        path,
        "client.address",
        "10.1." + random.nextInt(256) + '.' + random.nextInt(256),
        "enduser.id",
        user);
  }

  private static List<String> client(String peer, String path) {
    return List.of(
        "server.address", peer + ".shop.svc.cluster.local", "url.path", path, "peer.service", peer);
  }

  private static List<String> database(SplittableRandom random) {
    return List.of(
        "db.system.name",
        "postgresql",
        "server.address",
        "db-" + random.nextInt(4) + ".shop.internal",
        "db.query.text",
        "SELECT id, item, amount FROM carts WHERE owner = $1");
  }

  /** Adds the spans of one trace. */
  private static final class Maker {
    private final SplittableRandom random;
    private final List<Piece> pieces;
    private final long high;
    private final long low;
    private long startMicros;

    Maker(SplittableRandom random, List<Piece> pieces, long startMicros) {
      this.random = random;
      this.pieces = pieces;
      this.startMicros = startMicros;
      high = random.nextLong() | 1L << 60;
      low = random.nextLong() | 1;
    }

    long add(
        int service,
        int kind,
        String name,
        long parent,
        int mostMicros,
        boolean failed,
        List<String> attributes) {
      long id = random.nextLong() | 1;
      long micros = random.nextInt(mostMicros / 2, mostMicros);
      pieces.add(
          new Piece(
              service, kind, name, high, low, id, parent, startMicros, micros, failed, attributes));
      startMicros += random.nextInt(1, 2_000);
      return id;
    }
  }

  private byte[] otlp(ProtoWriter writer, List<Piece> pieces) {
    writer.clear();
    for (int i = 0; i < SERVICES.size(); i++) {
      int entry = writer.begin(Envelope.RESOURCES);
      int resource = writer.begin(Envelope.RESOURCE);
      OtlpFields.attribute(writer, Resource.ATTRIBUTES, "service.name", service(i));
      OtlpFields.attribute(writer, Resource.ATTRIBUTES, "service.instance.id", service(i) + "-0");
      OtlpFields.attribute(writer, Resource.ATTRIBUTES, "k8s.namespace.name", "shop");
      OtlpFields.attribute(writer, Resource.ATTRIBUTES, "k8s.node.name", "node-" + i);
      writer.end(resource);
      int scope = writer.begin(Envelope.SCOPES);
      for (Piece piece : pieces) {
        if (piece.service == i) {
          int span = writer.begin(Envelope.RECORDS);
          otlp(writer, piece);
          writer.end(span);
        }
      }
      writer.end(scope);
      writer.end(entry);
    }
    return writer.toByteArray();
  }

  private static void otlp(ProtoWriter writer, Piece piece) {
    OtlpFields.id(writer, Otlp.Span.TRACE_ID, piece.high, piece.low);
    OtlpFields.id(writer, Otlp.Span.SPAN_ID, piece.id);
    if (piece.parent != 0) {
      OtlpFields.id(writer, Otlp.Span.PARENT_SPAN_ID, piece.parent);
    }
    writer.string(Otlp.Span.NAME, piece.name);
    writer.varint(Otlp.Span.KIND, piece.kind);
    writer.fixed64(Otlp.Span.START_TIME_UNIX_NANO, piece.startMicros * 1_000);
    writer.fixed64(Otlp.Span.END_TIME_UNIX_NANO, (piece.startMicros + piece.micros) * 1_000);
    for (int i = 0; i < piece.attributes.size(); i += 2) {
      OtlpFields.attribute(
          writer, Otlp.Span.ATTRIBUTES, piece.attributes.get(i), piece.attributes.get(i + 1));
    }
    if (piece.kind == SERVER) {
      OtlpFields.attribute(
          writer, Otlp.Span.ATTRIBUTES, "http.response.status_code", piece.failed ? 500 : 200);
    }
    if (piece.failed) {
      int status = writer.begin(Otlp.Span.STATUS);
      writer.varint(Otlp.Status.CODE, 2);
      writer.end(status);
    }
  }

  private byte[] zipkin(List<Piece> pieces) {
    var out = new ByteArrayOutputStream(1 << 20);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartArray();
      for (Piece piece : pieces) {
        json.writeStartObject();
        json.writeStringProperty("traceId", Ids.hex(piece.high) + Ids.hex(piece.low));
        json.writeStringProperty("id", Ids.hex(piece.id));
        if (piece.parent != 0) {
          json.writeStringProperty("parentId", Ids.hex(piece.parent));
        }
        if (piece.kind != INTERNAL) {
          json.writeStringProperty("kind", piece.kind == SERVER ? "SERVER" : "CLIENT");
        }
        json.writeStringProperty("name", piece.name);
        json.writeNumberProperty("timestamp", piece.startMicros);
        json.writeNumberProperty("duration", piece.micros);
        json.writeObjectPropertyStart("localEndpoint");
        json.writeStringProperty("serviceName", service(piece.service));
        json.writeEndObject();
        json.writeObjectPropertyStart("tags");
        for (int i = 0; i < piece.attributes.size(); i += 2) {
          json.writeStringProperty(piece.attributes.get(i), piece.attributes.get(i + 1));
        }
        if (piece.kind == SERVER) {
          json.writeStringProperty("http.response.status_code", piece.failed ? "500" : "200");
        }
        if (piece.failed) {
          json.writeStringProperty("error", "true");
        }
        json.writeEndObject();
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    return out.toByteArray();
  }
}
