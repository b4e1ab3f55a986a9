package io.aom.topology.span;

/**
 * Spans as numbered rows, wherever they lie. What a query asks of spans it asks through this, so
 * that heads and blocks answer alike. Times are nanoseconds; row numbers are {@code [0, size)}.
 */
public interface SpanRows {
  int size();

  long traceHigh(int row);

  long traceLow(int row);

  long spanId(int row);

  /** Span id of the parent; 0 if the span is a root. */
  long parentId(int row);

  /** Epoch nanoseconds. */
  long startNanos(int row);

  long durationNanos(int row);

  SpanKind kind(int row);

  SpanStatus status(int row);

  /** A number for the row's service; {@link #serviceName} says which it is. */
  int service(int row);

  /** Service numbers are {@code [0, services())}. */
  int services();

  ServiceName serviceName(int service);

  /** A number for the row's operation; {@link #operationName} says which it is. */
  int operation(int row);

  /** Operation numbers are {@code [0, operations())}. */
  int operations();

  String operationName(int operation);

  default TraceId traceId(int row) {
    return new TraceId(traceHigh(row), traceLow(row));
  }
}
