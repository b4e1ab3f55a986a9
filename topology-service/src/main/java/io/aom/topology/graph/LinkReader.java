package io.aom.topology.graph;

import io.aom.telemetry.wire.ProtoReader;
import io.aom.topology.span.Otlp;
import io.aom.topology.span.SpanTable;

/** Walks a span's links. Not thread-safe. */
final class LinkReader {
  private final ProtoReader reader = new ProtoReader(new byte[0]);
  private long traceHigh;
  private long traceLow;
  private long spanId;

  void reset(SpanTable spans, int row) {
    int from = spans.offset(row);
    reader.reset(spans.value(row), from, from + spans.length(row));
  }

  /** Moves to the next link that names a span; false if there is none. */
  boolean next() {
    while (reader.next()) {
      if (reader.field() == Otlp.SPAN_LINKS && read()) {
        return true;
      }
      if (reader.field() != Otlp.SPAN_LINKS) {
        reader.skip();
      }
    }
    return false;
  }

  private boolean read() {
    boolean trace = false;
    boolean span = false;
    int outer = reader.enter();
    while (reader.next()) {
      if (reader.field() == Otlp.LINK_TRACE_ID || reader.field() == Otlp.LINK_SPAN_ID) {
        boolean isTrace = reader.field() == Otlp.LINK_TRACE_ID;
        int length = reader.length();
        int at = reader.position();
        reader.advance(length);
        if (isTrace && length == 16) {
          traceHigh = Otlp.bigEndian(reader.bytes(), at);
          traceLow = Otlp.bigEndian(reader.bytes(), at + 8);
          trace = true;
        } else if (!isTrace && length == 8) {
          spanId = Otlp.bigEndian(reader.bytes(), at);
          span = true;
        }
      } else {
        reader.skip();
      }
    }
    reader.leave(outer);
    return trace && span;
  }

  long traceHigh() {
    return traceHigh;
  }

  long traceLow() {
    return traceLow;
  }

  long spanId() {
    return spanId;
  }
}
