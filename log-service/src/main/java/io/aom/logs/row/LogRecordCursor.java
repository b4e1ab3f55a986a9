package io.aom.logs.row;

import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;

/**
 * Where the parts of one wire-form {@code LogRecord} lie. {@link #read} walks the record once and
 * allocates nothing. Not thread-safe.
 */
public final class LogRecordCursor {
  private final ProtoReader reader = new ProtoReader(new byte[0]);
  private final ByteSlice severityText = new ByteSlice();
  private final ByteSlice body = new ByteSlice();
  private final ByteSlice traceId = new ByteSlice();
  private final ByteSlice spanId = new ByteSlice();
  private long time;
  private long observed;
  private int severityNumber;
  private int flags;
  private byte[] bytes = new byte[0];
  private int from;
  private int to;

  /**
   * Reads the record in {@code newBytes[newFrom, newTo)}.
   *
   * @param check whether body and attributes are walked to their depths, which a record that was
   *     checked before does not need
   * @throws MalformedWireException if the bytes are no log record
   */
  public LogRecordCursor read(byte[] newBytes, int newFrom, int newTo, boolean check) {
    bytes = newBytes;
    from = newFrom;
    to = newTo;
    time = 0;
    observed = 0;
    int sentSeverity = 0;
    flags = 0;
    severityText.clear();
    body.clear();
    traceId.clear();
    spanId.clear();
    reader.reset(bytes, from, to);
    while (reader.next()) {
      switch (reader.field()) {
        case LogRecordFields.TIME -> time = reader.fixed64();
        case LogRecordFields.OBSERVED_TIME -> observed = reader.fixed64();
        case LogRecordFields.SEVERITY_NUMBER -> sentSeverity = reader.int32();
        case LogRecordFields.SEVERITY_TEXT -> slice(severityText);
        case LogRecordFields.BODY -> {
          int outer = reader.enter();
          int start = reader.position();
          if (check) {
            AnyValues.check(reader);
          }
          reader.leave(outer);
          body.set(bytes, start, reader.position());
        }
        case LogRecordFields.ATTRIBUTES -> {
          int outer = reader.enter();
          if (check) {
            AnyValues.checkKeyValue(reader);
          }
          reader.leave(outer);
        }
        case LogRecordFields.FLAGS -> flags = reader.fixed32();
        case LogRecordFields.TRACE_ID -> id(traceId, 16);
        case LogRecordFields.SPAN_ID -> id(spanId, 8);
        default -> reader.skip();
      }
    }
    severityNumber = Severity.number(sentSeverity, severityText);
    return this;
  }

  private void slice(ByteSlice slice) {
    int length = reader.length();
    slice.set(bytes, reader.position(), reader.position() + length);
    reader.advance(length);
  }

  /** An id of another length, or all zero, is none: so says the OTLP specification. */
  private void id(ByteSlice slice, int expected) {
    slice(slice);
    if (slice.length() == expected) {
      for (int i = slice.from(); i < slice.to(); i++) {
        if (bytes[i] != 0) {
          return;
        }
      }
    }
    slice.clear();
  }

  /**
   * The record's time in epoch nanoseconds: when it happened, else when it was observed, else
   * {@code receivedMillis}. A time after the year 2262 counts as not given.
   */
  public long timeNanos(long receivedMillis) {
    if (time > 0) {
      return time;
    }
    return observed > 0
        ? observed
        : Math.clamp(receivedMillis, 0, Long.MAX_VALUE / 1_000_000) * 1_000_000;
  }

  public long observedNanos() {
    return Math.max(0, observed);
  }

  public int severityNumber() {
    return severityNumber;
  }

  public int flags() {
    return flags;
  }

  public ByteSlice severityText() {
    return severityText;
  }

  /** The body's {@code AnyValue}; empty if there is none. */
  public ByteSlice body() {
    return body;
  }

  public ByteSlice traceId() {
    return traceId;
  }

  public ByteSlice spanId() {
    return spanId;
  }

  /** Copies the fields that have no accessor here, attributes among them, as they came. */
  public void copyRest(ProtoWriter target) {
    reader.reset(bytes, from, to);
    while (reader.next()) {
      int start = reader.tagStart();
      int field = reader.field();
      reader.skip();
      if (!hasAccessor(field)) {
        target.copy(bytes, start, reader.position() - start);
      }
    }
  }

  private static boolean hasAccessor(int field) {
    return switch (field) {
      case LogRecordFields.TIME,
          LogRecordFields.OBSERVED_TIME,
          LogRecordFields.SEVERITY_NUMBER,
          LogRecordFields.SEVERITY_TEXT,
          LogRecordFields.BODY,
          LogRecordFields.FLAGS,
          LogRecordFields.TRACE_ID,
          LogRecordFields.SPAN_ID ->
          true;
      default -> false;
    };
  }
}
