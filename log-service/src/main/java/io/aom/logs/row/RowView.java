package io.aom.logs.row;

/**
 * One row where its bytes lie, in a head or in a block; moved from row to row by who made it.
 * Reading allocates nothing where values are strings. Not thread-safe.
 */
public interface RowView {
  /** Epoch nanoseconds: when it happened, else when it was observed, else received. */
  long timeNanos();

  /** Epoch nanoseconds; 0 if the record did not say. */
  long observedNanos();

  /** 1 to 24, 0 if not known. */
  int severityNumber();

  /** Severity as the sender wrote it; may be empty. */
  void severityText(ByteSlice text);

  ResourceAttributes resource();

  ResourceAttributes scope();

  /** Text of the body, see {@link AnyValues}. */
  void body(ByteSlice text);

  /**
   * Bytes in which field {@value LogRecordFields#ATTRIBUTES} of OTLP's {@code LogRecord} holds the
   * attributes; other fields may stand between.
   */
  void attributes(ByteSlice fields);

  /** 16 bytes, or none. */
  void traceId(ByteSlice id);

  /** 8 bytes, or none. */
  void spanId(ByteSlice id);

  int flags();

  /** Kafka offset of the record that brought the row. */
  long offset();

  /** Which of that record's rows this is, from 0. */
  int ordinal();
}
