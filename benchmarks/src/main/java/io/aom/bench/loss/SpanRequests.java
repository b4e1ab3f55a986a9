package io.aom.bench.loss;

import io.aom.telemetry.otlp.Otlp;
import io.aom.telemetry.wire.ProtoWriter;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * OTLP spans in traces of {@value #PER_TRACE}, whole traces in each request. All spans of a request
 * start within a slot of time of its own, by which a lost or doubled request is found again.
 *
 * @param endMillis end of the last slot
 */
record SpanRequests(String run, long wanted, long endMillis) implements Requests {
  static final int PER_REQUEST = 250;
  static final int PER_TRACE = 10;
  static final long SLOT_MILLIS = 200;
  private static final int SERVICES = 5;
  private static final int SERVER = 2;

  @Override
  public String signal() {
    return "spans";
  }

  @Override
  public String path() {
    return "/v1/traces";
  }

  @Override
  public List<String> headers() {
    return List.of("Content-Type", "application/x-protobuf");
  }

  @Override
  public int size() {
    return Math.toIntExact(Math.ceilDiv(wanted, (long) PER_REQUEST));
  }

  @Override
  public int itemsPerRequest() {
    return PER_REQUEST;
  }

  long startMillis() {
    return endMillis - size() * SLOT_MILLIS;
  }

  /** First millisecond of the slot in which the spans of a request start. */
  long slotMillis(int number) {
    return startMillis() + number * SLOT_MILLIS;
  }

  @Override
  public byte[] body(int number) {
    var writer = new ProtoWriter(1 << 16);
    for (int service = 0; service < SERVICES; service++) {
      int resources = writer.begin(Otlp.Envelope.RESOURCES);
      int resource = writer.begin(Otlp.Envelope.RESOURCE);
      OtlpAttributes.add(writer, Otlp.Resource.ATTRIBUTES, "service.name", "loss-" + service);
      OtlpAttributes.add(writer, Otlp.Resource.ATTRIBUTES, "run", run);
      writer.end(resource);
      int scope = writer.begin(Otlp.Envelope.SCOPES);
      for (int trace = 0; trace < PER_REQUEST / PER_TRACE; trace++) {
        for (int position = service; position < PER_TRACE; position += SERVICES) {
          span(writer, number, trace, position);
        }
      }
      writer.end(scope);
      writer.end(resources);
    }
    return writer.toByteArray();
  }

  private void span(ProtoWriter writer, int number, int trace, int position) {
    int span = writer.begin(Otlp.Envelope.RECORDS);
    long traceNumber = (long) number * (PER_REQUEST / PER_TRACE) + trace;
    byte[] traceId =
        ByteBuffer.allocate(16).putLong(run.hashCode() | 1L << 40).putLong(traceNumber).array();
    writer.bytes(Otlp.Span.TRACE_ID, traceId, 0, traceId.length);
    writer.bytes(Otlp.Span.SPAN_ID, spanId(traceNumber, position), 0, Long.BYTES);
    if (position > 0) {
      writer.bytes(Otlp.Span.PARENT_SPAN_ID, spanId(traceNumber, position - 1), 0, Long.BYTES);
    }
    writer.string(Otlp.Span.NAME, "step " + position);
    writer.varint(Otlp.Span.KIND, SERVER);
    long start = slotMillis(number) * 1_000_000 + trace * 1_000_000L + position * 10_000L;
    writer.fixed64(Otlp.Span.START_TIME_UNIX_NANO, start);
    writer.fixed64(
        Otlp.Span.END_TIME_UNIX_NANO, start + 1_000_000 + (traceNumber * 7_919 & 0xff_ffff));
    OtlpAttributes.add(writer, Otlp.Span.ATTRIBUTES, "order", Long.toString(traceNumber));
    writer.end(span);
  }

  private static byte[] spanId(long traceNumber, int position) {
    return ByteBuffer.allocate(Long.BYTES).putLong(traceNumber * PER_TRACE + position + 1).array();
  }
}
