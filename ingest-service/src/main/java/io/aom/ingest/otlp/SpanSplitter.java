package io.aom.ingest.otlp;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Refusals;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.intake.SliceMemory;
import io.aom.ingest.intake.TimeCheck;
import io.aom.telemetry.labels.TenantHash;
import io.aom.telemetry.otlp.Otlp.Envelope;
import io.aom.telemetry.otlp.Otlp.Span;
import io.aom.telemetry.otlp.Otlp.SpanEvent;
import io.aom.telemetry.otlp.Otlp.SpanLink;
import io.aom.telemetry.otlp.Otlp.Status;
import io.aom.telemetry.otlp.ValueCheck;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Splits an {@code ExportTraceServiceRequest} over the partitions of the spans topic by copying
 * byte ranges. All spans of a trace go to the partition of its id, so one member of
 * topology-service sees the whole trace.
 *
 * <p>Not thread-safe. Reusable; grows with the largest request it has seen.
 */
public final class SpanSplitter {
  private static final Hasher64 HASHER = Hashing.xxh3_64();
  private static final byte[] NOTHING = new byte[0];
  private static final int TRACE_ID_BYTES = 16;
  private static final int SPAN_ID_BYTES = 8;
  private static final String LAST_END = " (expected: before the year 2262)";

  private final ResourceSlices slices;
  private final SliceLimits limits;
  private final ProtoReader reader = new ProtoReader(NOTHING);
  private final ProtoWriter rewritten = new ProtoWriter(1024);
  private Refusals refusals = new Refusals();
  private long earliest;
  private long latest;
  private long items;

  /**
   * @param partitions of the spans topic
   */
  public SpanSplitter(int partitions, SliceLimits limits) {
    slices = new ResourceSlices(partitions, limits.sliceBytes());
    this.limits = limits;
  }

  /** The partition of a trace, 0 to {@code partitions - 1}. */
  public static int partition(byte[] bytes, int traceIdFrom, int partitions) {
    return TenantHash.partition(
        HASHER.hashBytesToLong(bytes, traceIdFrom, TRACE_ID_BYTES), partitions);
  }

  /**
   * Splits {@code body[from, to)}.
   *
   * @param nowMillis our clock, epoch milliseconds
   * @throws io.aom.telemetry.wire.MalformedWireException if the request cannot be read; nothing of
   *     it is to be stored
   */
  public RecordSplit split(byte[] body, int from, int to, long nowMillis) {
    return split(body, from, to, nowMillis, SliceMemory.UNBOUNDED);
  }

  /**
   * The same with slices that are paid for.
   *
   * @throws io.aom.telemetry.RejectedException if there is no room for them
   */
  public RecordSplit split(byte[] body, int from, int to, long nowMillis, SliceMemory memory) {
    refusals = new Refusals();
    items = 0;
    earliest = nowMillis - limits.pastMillis();
    latest = nowMillis + limits.futureMillis();
    slices.start(body, memory);
    ProtoReader request = new ProtoReader(body, from, to);
    while (request.next()) {
      if (request.field() != Envelope.RESOURCES) {
        request.skip();
        continue;
      }
      int length = request.length();
      int start = request.position();
      slices.resource(start, start + length);
      int outer = request.narrow(length);
      scopes(request, body);
      request.leave(outer);
    }
    reader.reset(NOTHING, 0, 0); // what a splitter keeps between requests is small
    return new RecordSplit(slices.finish(), items, refusals);
  }

  private void scopes(ProtoReader request, byte[] body) {
    while (request.next()) {
      if (request.field() != Envelope.SCOPES) {
        request.skip();
        continue;
      }
      int length = request.length();
      int start = request.position();
      slices.scope(start, start + length);
      int outer = request.narrow(length);
      while (request.next()) {
        if (request.field() == Envelope.RECORDS) {
          int recordLength = request.length();
          span(body, request.position(), request.position() + recordLength);
          request.advance(recordLength);
        } else {
          request.skip();
        }
      }
      request.leave(outer);
    }
  }

  private void span(byte[] body, int from, int to) {
    int traceId = -1;
    int traceIdLength = 0;
    int spanId = -1;
    int spanIdLength = 0;
    int parentIdLength = 0;
    long startNanos = 0;
    long endNanos = 0;
    int attributes = 0;
    boolean shallow = true;
    reader.reset(body, from, to);
    while (reader.next()) {
      switch (reader.field()) {
        case Span.TRACE_ID -> {
          traceIdLength = reader.length();
          traceId = reader.position();
          reader.advance(traceIdLength);
        }
        case Span.SPAN_ID -> {
          spanIdLength = reader.length();
          spanId = reader.position();
          reader.advance(spanIdLength);
        }
        case Span.PARENT_SPAN_ID -> {
          parentIdLength = reader.length();
          reader.advance(parentIdLength);
        }
        case Span.START_TIME_UNIX_NANO -> startNanos = reader.fixed64();
        case Span.END_TIME_UNIX_NANO -> endNanos = reader.fixed64();
        // Who reads the span from Kafka would refuse all that came with it for one field of
        // another type.
        case Span.NAME -> reader.advance(reader.length());
        case Span.KIND -> reader.int64();
        case Span.STATUS -> status();
        case Span.ATTRIBUTES -> {
          attributes++;
          shallow &= ValueCheck.keyValue(reader);
        }
        case Span.EVENTS -> shallow &= event();
        case Span.LINKS -> shallow &= link();
        default -> reader.skip();
      }
    }
    if (traceIdLength != TRACE_ID_BYTES || isZero(body, traceId, traceIdLength)) {
      refusals.add(
          RefusalReason.INVALID_TRACE_ID,
          1,
          "trace id: " + traceIdLength + " bytes (expected: 16, not all zero)");
      return;
    }
    if (spanIdLength != SPAN_ID_BYTES || isZero(body, spanId, spanIdLength)) {
      refusals.add(
          RefusalReason.INVALID_SPAN_ID,
          1,
          "span id: " + spanIdLength + " bytes (expected: 8, not all zero)");
      return;
    }
    if (parentIdLength != 0 && parentIdLength != SPAN_ID_BYTES) {
      refusals.add(
          RefusalReason.INVALID_SPAN_ID,
          1,
          "parent span id: " + parentIdLength + " bytes (expected: 8, or none)");
      return;
    }
    if (!shallow || !slices.isShallow()) {
      refusals.add(
          RefusalReason.NESTED_TOO_DEEP,
          1,
          "span: deeper than " + ValueCheck.MAX_DEPTH + " (expected: at most that)");
      return;
    }
    if (!TimeCheck.accepts(
        TimeCheck.millis(startNanos), TimeUnit.NANOSECONDS, earliest, latest, refusals)) {
      return;
    }
    if (endNanos < 0) {
      refusals.add(
          RefusalReason.TOO_FAR_IN_FUTURE,
          1,
          "end time: " + Instant.ofEpochMilli(TimeCheck.millis(endNanos)) + LAST_END);
      return;
    }
    int partition = partition(body, traceId, slices.partitions());
    byte[] source = body;
    int start = from;
    int end = to;
    if (attributes > limits.attributesPerRecord()) {
      rewrite(body, from, to, attributes);
      source = rewritten.array();
      start = 0;
      end = rewritten.size();
    }
    if (end - start + slices.headerBytes() > limits.sliceBytes()) {
      refusals.add(
          RefusalReason.RECORD_TOO_LARGE,
          1,
          "span: "
              + (end - start)
              + " bytes (expected: with its resource at most "
              + limits.sliceBytes()
              + ")");
      return;
    }
    slices.add(partition, source, start, end);
    items++;
  }

  private boolean event() {
    boolean shallow = true;
    int outer = reader.enter();
    while (reader.next()) {
      switch (reader.field()) {
        case SpanEvent.TIME_UNIX_NANO -> reader.fixed64();
        case SpanEvent.NAME -> reader.advance(reader.length());
        case SpanEvent.ATTRIBUTES -> shallow &= ValueCheck.keyValue(reader);
        default -> reader.skip();
      }
    }
    reader.leave(outer);
    return shallow;
  }

  private boolean link() {
    boolean shallow = true;
    int outer = reader.enter();
    while (reader.next()) {
      switch (reader.field()) {
        case SpanLink.TRACE_ID, SpanLink.SPAN_ID -> reader.advance(reader.length());
        case SpanLink.ATTRIBUTES -> shallow &= ValueCheck.keyValue(reader);
        default -> reader.skip();
      }
    }
    reader.leave(outer);
    return shallow;
  }

  private void status() {
    int outer = reader.enter();
    while (reader.next()) {
      switch (reader.field()) {
        case Status.MESSAGE -> reader.advance(reader.length());
        case Status.CODE -> reader.int64();
        default -> reader.skip();
      }
    }
    reader.leave(outer);
  }

  private void rewrite(byte[] body, int from, int to, int attributes) {
    rewritten.clear();
    int kept = 0;
    long dropped = (long) attributes - limits.attributesPerRecord();
    long said = 0;
    reader.reset(body, from, to);
    while (reader.next()) {
      int field = reader.field();
      int tag = reader.tagStart();
      if (field == Span.DROPPED_ATTRIBUTES_COUNT) {
        said = reader.int64() & 0xFFFFFFFFL; // of several the last one counts
        continue;
      }
      reader.skip();
      if (field != Span.ATTRIBUTES || ++kept <= limits.attributesPerRecord()) {
        rewritten.copy(body, tag, reader.position() - tag);
      }
    }
    rewritten.varint(Span.DROPPED_ATTRIBUTES_COUNT, (dropped + said) & 0xFFFFFFFFL);
    refusals.warn(
        "span: "
            + attributes
            + " attributes (kept: the first "
            + limits.attributesPerRecord()
            + ")");
  }

  private static boolean isZero(byte[] bytes, int from, int length) {
    for (int i = from; i < from + length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
