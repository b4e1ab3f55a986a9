package io.aom.bench;

import io.aom.telemetry.otlp.Otlp.AnyValue;
import io.aom.telemetry.otlp.Otlp.Envelope;
import io.aom.telemetry.otlp.Otlp.LogRecord;
import io.aom.telemetry.otlp.Otlp.Resource;
import io.aom.telemetry.otlp.OtlpFields;
import io.aom.telemetry.wire.ProtoWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Log records with a fixed seed, each as OTLP and as a document for OpenSearch: the same arguments
 * give the same bytes. Bodies come from templates and are about 300 bytes; each ends in two words
 * that no other run has, one of the round and one of the record. A request holds {@value
 * #RECORDS_PER_REQUEST} records of {@value #RESOURCES_PER_REQUEST} pods, each pod's together.
 *
 * @param run lower-case letters and digits
 * @param records in a round, at least 1
 */
record LogPayloads(String run, int records) {
  static final int RECORDS_PER_REQUEST = 2_000;
  static final int RESOURCES_PER_REQUEST = 10;
  private static final int PODS = 200;
  private static final int RECORDS_PER_POD = RECORDS_PER_REQUEST / RESOURCES_PER_REQUEST;
  private static final long SEED = 0x5eed_1095L;
  private static final long NANOS_PER_RECORD = 100_000;

  private static final JsonFactory JSON = new JsonFactory();
  private static final List<String> SERVICES =
      List.of(
          "cart", "checkout", "payment", "catalogue", "search", "gateway", "shipping", "accounts");
  private static final List<String> PATHS =
      List.of("/api/v2/orders", "/api/v2/carts", "/api/v1/products", "/internal/stock");
  private static final List<String> METHODS = List.of("GET", "GET", "GET", "POST", "PUT", "DELETE");

  LogPayloads {
    if (records < 1) {
      throw new IllegalArgumentException("records: " + records + " (expected: 1 or more)");
    }
  }

  /**
   * What one round sends.
   *
   * @param otlp requests of OTLP
   * @param bulk the same records, as bodies of {@code _bulk}
   * @param word in the body of every record of the round and of no other
   * @param lastWords in the body of the last record of each of the last requests
   * @param lastMillis time of the very last record
   */
  record Round(
      List<byte[]> otlp,
      List<byte[]> bulk,
      long items,
      String word,
      List<String> lastWords,
      long lastMillis)
      implements io.aom.bench.Round {}

  /** What the two forms of a record have in common. */
  private record Line(
      long timeNanos,
      int severityNumber,
      String severityText,
      String body,
      String logger,
      int status,
      long traceHigh,
      long traceLow) {}

  /**
   * The round with this number.
   *
   * @param lastNanos time of the last record, epoch nanoseconds
   * @param connections of whose last requests the last words are wanted
   */
  Round round(int number, long lastNanos, int connections) {
    var random = new SplittableRandom(SEED + number);
    String word = word(number);
    var otlp = new ArrayList<byte[]>();
    var bulk = new ArrayList<byte[]>();
    var lastWords = new ArrayList<String>();
    var writer = new ProtoWriter(1 << 20);
    for (int from = 0; from < records; from += RECORDS_PER_REQUEST) {
      int to = Math.min(records, from + RECORDS_PER_REQUEST);
      writer.clear();
      var out = new ByteArrayOutputStream(2 << 20);
      for (int first = from; first < to; first += RECORDS_PER_POD) {
        int pod = random.nextInt(PODS);
        int past = Math.min(to, first + RECORDS_PER_POD);
        var lines = new ArrayList<Line>();
        for (int i = first; i < past; i++) {
          lines.add(line(random, word, i, lastNanos - (records - 1L - i) * NANOS_PER_RECORD));
        }
        resourceLogs(writer, pod, lines);
        documents(out, pod, lines);
      }
      otlp.add(writer.toByteArray());
      bulk.add(out.toByteArray());
      lastWords.add(recordWord(word, to - 1));
    }
    return new Round(
        List.copyOf(otlp),
        List.copyOf(bulk),
        records,
        word,
        List.copyOf(
            lastWords.subList(Math.max(0, lastWords.size() - connections), lastWords.size())),
        lastNanos / 1_000_000);
  }

  /** The word that all records of a round share. */
  String word(int number) {
    return "run" + run + 'r' + number;
  }

  private static String recordWord(String word, int index) {
    return word + 'n' + index;
  }

  private static Line line(SplittableRandom random, String word, int index, long timeNanos) {
    long high = random.nextLong();
    long low = random.nextLong() | 1;
    int dice = random.nextInt(100);
    String path = PATHS.get(random.nextInt(PATHS.size())) + '/' + random.nextInt(100_000);
    String method = METHODS.get(random.nextInt(METHODS.size()));
    String user = "user-" + random.nextInt(20_000);
    String request = Long.toHexString(random.nextLong());
    String ends = " request_id=" + request + ' ' + word + ' ' + recordWord(word, index);
    int millis = random.nextInt(1, 3_000);
    if (dice < 2) {
      return new Line(
          timeNanos,
          17,
          "ERROR",
          "java.net.SocketTimeoutException: Read timed out after "
              + millis
              + " ms while calling upstream payment-provider-"
              + random.nextInt(5)
              + ".internal:8443 for "
              + method
              + ' '
              + path
              + " of "
              + user
              + "; the circuit breaker counts "
              + random.nextInt(50)
              + " failures in the last minute and the attempt is not repeated because the order"
              + " is not idempotent"
              + ends,
          "com.example.shop.PaymentClient",
          504,
          high,
          low);
    }
    if (dice < 8) {
      return new Line(
          timeNanos,
          13,
          "WARN",
          "Slow query on replica db-"
              + random.nextInt(4)
              + " took "
              + millis
              + " ms: SELECT o.id, o.state, o.total FROM orders o JOIN order_lines l ON l.order_id"
              + " = o.id WHERE o.account_id = "
              + random.nextInt(1_000_000)
              + " AND o.created_at > now() - interval '30 days' ORDER BY o.created_at DESC LIMIT 50"
              + ends,
          "com.example.shop.OrderRepository",
          200,
          high,
          low);
    }
    if (dice < 20) {
      return new Line(
          timeNanos,
          5,
          "DEBUG",
          "Cache miss for key session:"
              + Long.toHexString(random.nextLong())
              + " of "
              + user
              + " in region eu-central-1; loaded "
              + random.nextInt(40)
              + " entries and "
              + random.nextInt(60_000)
              + " bytes from the primary store, evicted "
              + random.nextInt(9)
              + " entries older than "
              + random.nextInt(3_600)
              + " s, next refresh of the segment in "
              + random.nextInt(600)
              + " s by the background loader"
              + ends,
          "com.example.shop.SessionCache",
          200,
          high,
          low);
    }
    int status = dice < 24 ? 404 : 200;
    return new Line(
        timeNanos,
        9,
        "INFO",
        method
            + ' '
            + path
            + " HTTP/1.1 "
            + status
            + ' '
            + random.nextInt(40_000)
            + " bytes in "
            + millis
            + " ms for "
            + user
            + " from 10."
            + random.nextInt(256)
            + '.'
            + random.nextInt(256)
            + '.'
            + random.nextInt(256)
            + " agent \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
            + " Chrome/131.0.0.0 Safari/537.36\" referer https://shop.example.com/start"
            + ends,
        "com.example.shop.AccessLog",
        status,
        high,
        low);
  }

  /** Ten attributes that tell a pod, name and value in turn. */
  static List<String> resource(int pod) {
    String service = SERVICES.get(pod % SERVICES.size());
    String hash = Integer.toHexString(pod * 0x9e3779b9);
    return List.of(
        "service.name",
        service,
        "service.namespace",
        "shop",
        "service.version",
        "2.14." + pod % 5,
        "service.instance.id",
        service + '-' + hash,
        "deployment.environment.name",
        "production",
        "k8s.cluster.name",
        "eu-central-1-a",
        "k8s.namespace.name",
        "team-" + pod % 12,
        "k8s.pod.name",
        service + "-7c9d-" + hash,
        "k8s.node.name",
        "node-" + pod % 40,
        "host.arch",
        "amd64");
  }

  private static void resourceLogs(ProtoWriter writer, int pod, List<Line> lines) {
    int entry = writer.begin(Envelope.RESOURCES);
    int resource = writer.begin(Envelope.RESOURCE);
    List<String> attributes = resource(pod);
    for (int i = 0; i < attributes.size(); i += 2) {
      OtlpFields.attribute(writer, Resource.ATTRIBUTES, attributes.get(i), attributes.get(i + 1));
    }
    writer.end(resource);
    int scope = writer.begin(Envelope.SCOPES);
    for (Line line : lines) {
      int item = writer.begin(Envelope.RECORDS);
      writer.fixed64(LogRecord.TIME_UNIX_NANO, line.timeNanos);
      writer.varint(LogRecord.SEVERITY_NUMBER, line.severityNumber);
      writer.string(LogRecord.SEVERITY_TEXT, line.severityText);
      int body = writer.begin(LogRecord.BODY);
      writer.string(AnyValue.STRING, line.body);
      writer.end(body);
      OtlpFields.attribute(writer, LogRecord.ATTRIBUTES, "logger", line.logger);
      OtlpFields.attribute(writer, LogRecord.ATTRIBUTES, "http.response.status_code", line.status);
      OtlpFields.id(writer, LogRecord.TRACE_ID, line.traceHigh, line.traceLow);
      OtlpFields.id(writer, LogRecord.SPAN_ID, line.traceLow);
      writer.end(item);
    }
    writer.end(scope);
    writer.end(entry);
  }

  private static void documents(ByteArrayOutputStream out, int pod, List<Line> lines) {
    byte[] action = "{\"index\":{}}\n".getBytes(StandardCharsets.UTF_8);
    List<String> attributes = resource(pod);
    for (Line line : lines) {
      out.writeBytes(action);
      try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
        json.writeStartObject();
        json.writeNumberProperty("@timestamp", line.timeNanos / 1_000_000);
        json.writeNumberProperty("severity_number", line.severityNumber);
        json.writeStringProperty("severity_text", line.severityText);
        json.writeStringProperty("body", line.body);
        json.writeStringProperty("trace_id", Ids.hex(line.traceHigh) + Ids.hex(line.traceLow));
        json.writeStringProperty("span_id", Ids.hex(line.traceLow));
        json.writeObjectPropertyStart("attributes");
        json.writeStringProperty("logger", line.logger);
        json.writeNumberProperty("http.response.status_code", line.status);
        json.writeEndObject();
        json.writeObjectPropertyStart("resource");
        for (int i = 0; i < attributes.size(); i += 2) {
          json.writeStringProperty(attributes.get(i), attributes.get(i + 1));
        }
        json.writeEndObject();
        json.writeEndObject();
      }
      out.write('\n');
    }
  }
}
