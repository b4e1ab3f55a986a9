package io.aom.topology.query;

import io.aom.topology.column.ColumnReader;
import io.aom.topology.column.ColumnWriter;
import io.aom.topology.span.SpanRows;
import io.aom.topology.span.SpanStatus;
import org.jspecify.annotations.Nullable;

/**
 * Which traces a search is for: those with a span that has the service, the operation and the
 * status, where given, and that last from {@code minNanos} to {@code maxNanos} altogether.
 *
 * @param service name or id of a service; null for any
 * @param maxNanos inclusive; {@link Long#MAX_VALUE} for no bound
 */
record TraceFilter(
    @Nullable String service,
    @Nullable String operation,
    @Nullable SpanStatus status,
    long minNanos,
    long maxNanos) {

  /** Whether a span has what the filter asks of a span. */
  interface SpanTest {
    boolean test(int row);
  }

  /** A test for rows of {@code spans}, with names looked up once. */
  SpanTest on(SpanRows spans) {
    boolean[] services = new boolean[spans.services()];
    for (int i = 0; i < services.length; i++) {
      services[i] = service == null || spans.serviceName(i).answersTo(service);
    }
    boolean[] operations = new boolean[spans.operations()];
    for (int i = 0; i < operations.length; i++) {
      operations[i] = operation == null || spans.operationName(i).equals(operation);
    }
    return row ->
        services[spans.service(row)]
            && operations[spans.operation(row)]
            && (status == null || spans.status(row) == status);
  }

  boolean lasts(long nanos) {
    return nanos >= minNanos && nanos <= maxNanos;
  }

  void write(ColumnWriter out) {
    optional(out, service);
    optional(out, operation);
    optional(out, status == null ? null : status.name());
    out.i64(minNanos).i64(maxNanos);
  }

  static TraceFilter read(ColumnReader in) {
    String service = optional(in);
    String operation = optional(in);
    String status = optional(in);
    return new TraceFilter(
        service, operation, status == null ? null : SpanStatus.valueOf(status), in.i64(), in.i64());
  }

  private static void optional(ColumnWriter out, @Nullable String text) {
    if (text == null) {
      out.u8(0);
    } else {
      out.u8(1).text(text);
    }
  }

  private static @Nullable String optional(ColumnReader in) {
    return in.u8() == 0 ? null : in.text();
  }
}
