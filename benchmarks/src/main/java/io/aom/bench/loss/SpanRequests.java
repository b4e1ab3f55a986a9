package io.aom.bench.loss;

import io.aom.telemetry.otlp.Otlp;
import io.aom.telemetry.otlp.OtlpFields;
import io.aom.telemetry.wire.ProtoWriter;

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
      OtlpFields.attribute(writer, Otlp.Resource.ATTRIBUTES, "service.name", "loss-" + service);
      OtlpFields.attribute(writer, Otlp.Resource.ATTRIBUTES, "run", run);
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
    OtlpFields.id(writer, Otlp.Span.TRACE_ID, run.hashCode() | 1L << 40, traceNumber);
    OtlpFields.id(writer, Otlp.Span.SPAN_ID, spanId(traceNumber, position));
    if (position > 0) {
      OtlpFields.id(writer, Otlp.Span.PARENT_SPAN_ID, spanId(traceNumber, position - 1));
    }
    writer.string(Otlp.Span.NAME, "step " + position);
    writer.varint(Otlp.Span.KIND, SERVER);
    long start = slotMillis(number) * 1_000_000 + trace * 1_000_000L + position * 10_000L;
    writer.fixed64(Otlp.Span.START_TIME_UNIX_NANO, start);
    writer.fixed64(
        Otlp.Span.END_TIME_UNIX_NANO, start + 1_000_000 + (traceNumber * 7_919 & 0xff_ffff));
    OtlpFields.attribute(writer, Otlp.Span.ATTRIBUTES, "order", Long.toString(traceNumber));
    writer.end(span);
  }

  private static long spanId(long traceNumber, int position) {
    return traceNumber * PER_TRACE + position + 1;
  }
}
