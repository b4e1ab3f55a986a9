package io.aom.ingest.otlp;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Refusals;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.intake.SliceMemory;
import io.aom.ingest.intake.TimeCheck;
import io.aom.telemetry.labels.TenantHash;
import io.aom.telemetry.labels.Utf8;
import io.aom.telemetry.otlp.Otlp.AnyValue;
import io.aom.telemetry.otlp.Otlp.Envelope;
import io.aom.telemetry.otlp.Otlp.KeyValue;
import io.aom.telemetry.otlp.Otlp.LogRecord;
import io.aom.telemetry.otlp.ValueCheck;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.concurrent.TimeUnit;

/**
 * Splits an {@code ExportLogsServiceRequest} over the partitions of the logs topic by copying byte
 * ranges. All records of one resource in one request go to one partition; the request's digest
 * moves a resource over {@code spread} neighbouring partitions from request to request, so that one
 * that logs much does not burden a single one.
 *
 * <p>Not thread-safe. Reusable; grows with the largest request it has seen.
 */
public final class LogSplitter {
  private static final byte[] NOTHING = new byte[0];
  private static final int TRACE_ID_BYTES = 16;
  private static final int SPAN_ID_BYTES = 8;

  /** Attribute that marks a text that was cut: its whole length in bytes. */
  public static final String TRUNCATED = "aom.body.bytes";

  private final ResourceSlices slices;
  private final SliceLimits limits;
  private final int spread;
  private final ProtoReader reader = new ProtoReader(NOTHING);
  private final ProtoWriter rewritten = new ProtoWriter(1024);
  private Refusals refusals = new Refusals();
  private long earliest;
  private long latest;
  private long items;

  /**
   * @param partitions of the logs topic
   * @param spread over how many partitions a resource may move, at least 1
   */
  public LogSplitter(int partitions, int spread, SliceLimits limits) {
    slices = new ResourceSlices(partitions, limits.sliceBytes());
    this.spread = Math.clamp(spread, 1, partitions);
    this.limits = limits;
  }

  /**
   * Splits {@code body[from, to)}.
   *
   * @param digest of the request, which decides where a resource's records go this time
   * @param nowMillis our clock, epoch milliseconds
   * @throws io.aom.telemetry.wire.MalformedWireException if the request cannot be read; nothing of
   *     it is to be stored
   */
  public RecordSplit split(
      TenantHash tenant, byte[] body, int from, int to, long digest, long nowMillis) {
    return split(tenant, body, from, to, digest, nowMillis, SliceMemory.UNBOUNDED);
  }

  /**
   * The same with slices that are paid for.
   *
   * @throws io.aom.telemetry.RejectedException if there is no room for them
   */
  public RecordSplit split(
      TenantHash tenant,
      byte[] body,
      int from,
      int to,
      long digest,
      long nowMillis,
      SliceMemory memory) {
    refusals = new Refusals();
    items = 0;
    earliest = nowMillis - limits.pastMillis();
    latest = nowMillis + limits.futureMillis();
    slices.start(body, memory);
    int turn = Math.floorMod(digest, spread);
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
      int home = home(tenant, body, start, start + length);
      scopes(request, body, (home + turn) % slices.partitions());
      request.leave(outer);
    }
    reader.reset(NOTHING, 0, 0); // what a splitter keeps between requests is small
    return new RecordSplit(slices.finish(), items, refusals);
  }

  private int home(TenantHash tenant, byte[] body, int from, int to) {
    reader.reset(body, from, to);
    while (reader.next()) {
      if (reader.field() == Envelope.RESOURCE) {
        int length = reader.length();
        int start = reader.position();
        return TenantHash.partition(
            tenant.ofBytes(body, start, start + length), slices.partitions());
      }
      reader.skip();
    }
    return TenantHash.partition(tenant.ofBytes(body, from, from), slices.partitions());
  }

  private void scopes(ProtoReader request, byte[] body, int partition) {
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
          record(body, request.position(), request.position() + recordLength, partition);
          request.advance(recordLength);
        } else {
          request.skip();
        }
      }
      request.leave(outer);
    }
  }

  private void record(byte[] body, int from, int to, int partition) {
    long timeNanos = 0;
    int attributes = 0;
    int text = 0;
    boolean shallow = true;
    boolean badIds = false;
    reader.reset(body, from, to);
    while (reader.next()) {
      switch (reader.field()) {
        case LogRecord.TIME_UNIX_NANO -> timeNanos = reader.fixed64();
        case LogRecord.OBSERVED_TIME_UNIX_NANO -> {
          long observed = reader.fixed64();
          timeNanos = timeNanos == 0 ? observed : timeNanos;
        }
        case LogRecord.BODY -> {
          int at = reader.position();
          shallow &= ValueCheck.anyValue(reader);
          text = reader.position() - at;
        }
        case LogRecord.ATTRIBUTES -> {
          attributes++;
          shallow &= ValueCheck.keyValue(reader);
        }
        case LogRecord.TRACE_ID -> badIds |= skipId(TRACE_ID_BYTES);
        case LogRecord.SPAN_ID -> badIds |= skipId(SPAN_ID_BYTES);
        // Who reads the record from Kafka would refuse all of it for one field of another type.
        case LogRecord.SEVERITY_NUMBER -> reader.int64();
        case LogRecord.SEVERITY_TEXT -> reader.advance(reader.length());
        case LogRecord.FLAGS -> reader.fixed32();
        default -> reader.skip();
      }
    }
    if (!shallow || !slices.isShallow()) {
      refusals.add(
          RefusalReason.NESTED_TOO_DEEP,
          1,
          "log record: deeper than " + ValueCheck.MAX_DEPTH + " (expected: at most that)");
      return;
    }
    // A record without a time is as new as we say it is.
    if (timeNanos != 0
        && !TimeCheck.accepts(
            TimeCheck.millis(timeNanos), TimeUnit.NANOSECONDS, earliest, latest, refusals)) {
      return;
    }
    byte[] source = body;
    int start = from;
    int end = to;
    if (text > limits.logBodyBytes() || attributes > limits.attributesPerRecord() || badIds) {
      rewrite(body, from, to);
      source = rewritten.array();
      start = 0;
      end = rewritten.size();
    }
    if (end - start + slices.headerBytes() > limits.sliceBytes()) {
      refusals.add(
          RefusalReason.RECORD_TOO_LARGE,
          1,
          "log record: "
              + (end - start)
              + " bytes (expected: with its resource at most "
              + limits.sliceBytes()
              + ")");
      return;
    }
    slices.add(partition, source, start, end);
    items++;
  }

  /** Whether an id has another length than it must have (or none at all). */
  private boolean skipId(int expected) {
    int length = reader.length();
    reader.advance(length);
    return length != expected && length != 0;
  }

  /** Writes the record anew with what is too long cut, what is too much dropped, both noted. */
  private void rewrite(byte[] body, int from, int to) {
    rewritten.clear();
    int attributes = 0;
    long dropped = 0;
    long said = 0;
    long cutFrom = 0;
    reader.reset(body, from, to);
    while (reader.next()) {
      int field = reader.field();
      int tag = reader.tagStart();
      switch (field) {
        // Of a field that is there more than once the last counts, as everywhere in protobuf.
        case LogRecord.DROPPED_ATTRIBUTES_COUNT -> said = reader.int64() & 0xFFFFFFFFL;
        case LogRecord.ATTRIBUTES -> {
          reader.skip();
          if (++attributes <= limits.attributesPerRecord()) {
            rewritten.copy(body, tag, reader.position() - tag);
          } else {
            dropped++;
          }
        }
        case LogRecord.BODY -> cutFrom = cutBody(body, tag, cutFrom);
        case LogRecord.TRACE_ID, LogRecord.SPAN_ID -> {
          int length = reader.length();
          reader.advance(length);
          if (length == (field == LogRecord.TRACE_ID ? TRACE_ID_BYTES : SPAN_ID_BYTES)) {
            rewritten.copy(body, tag, reader.position() - tag);
          } else {
            rewritten.bytes(field, NOTHING, 0, 0);
            refusals.warn("log record: id of " + length + " bytes left out (expected: 16 or 8)");
          }
        }
        default -> {
          reader.skip();
          rewritten.copy(body, tag, reader.position() - tag);
        }
      }
    }
    if (attributes > limits.attributesPerRecord()) {
      refusals.warn(
          "log record: "
              + attributes
              + " attributes (kept: the first "
              + limits.attributesPerRecord()
              + ")");
    }
    if (cutFrom > 0) {
      int attribute = rewritten.begin(LogRecord.ATTRIBUTES);
      rewritten.string(KeyValue.KEY, TRUNCATED);
      int value = rewritten.begin(KeyValue.VALUE);
      rewritten.varint(AnyValue.INT, cutFrom);
      rewritten.end(value);
      rewritten.end(attribute);
      refusals.warn(
          "log record: text of " + cutFrom + " bytes (kept: " + limits.logBodyBytes() + ")");
    }
    if (dropped + said > 0) {
      rewritten.varint(LogRecord.DROPPED_ATTRIBUTES_COUNT, (dropped + said) & 0xFFFFFFFFL);
    }
  }

  /** Copies a body, its text cut if it is too long; the length it had, or {@code before}. */
  private long cutBody(byte[] body, int tag, long before) {
    int outer = reader.enter();
    int textFrom = -1;
    int textLength = 0;
    while (reader.next()) {
      if (reader.field() == AnyValue.STRING) {
        textLength = reader.length();
        textFrom = reader.position();
        reader.advance(textLength);
      } else {
        reader.skip();
      }
    }
    reader.leave(outer);
    if (textFrom < 0 || textLength <= limits.logBodyBytes()) {
      rewritten.copy(body, tag, reader.position() - tag);
      return before;
    }
    int end = Utf8.floor(body, textFrom, textFrom + limits.logBodyBytes());
    int value = rewritten.begin(LogRecord.BODY);
    rewritten.bytes(AnyValue.STRING, body, textFrom, end - textFrom);
    rewritten.end(value);
    return textLength;
  }
}
