package io.aom.logs.head;

import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.HeadSegment;
import io.aom.blockstore.MalformedRecordException;
import io.aom.logs.row.LogRecordCursor;
import io.aom.logs.row.ResourceAttributes;
import io.aom.logs.text.ByteRangeSet;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.Arrays;
import java.util.List;

/**
 * Log records of a run of Kafka records. The records' bytes stay as they came; beside them lie
 * columns of primitives that say where each row is, when, how severe, and of which resource and
 * scope. No object is made for a row.
 *
 * <p>One thread appends. Readers take {@link #snapshot} and see every Kafka record's rows whole or
 * not at all: what a snapshot covers was written before it was published and never changes.
 */
public final class LogSegment implements HeadSegment {
  private static final int FIRST_ROWS = 1024;
  private static final int COLUMN_BYTES_PER_ROW = 29;

  private final int partition;
  private final ProtoReader reader = new ProtoReader(new byte[0]);
  private final LogRecordCursor cursor = new LogRecordCursor();
  private final ProtoWriter fields = new ProtoWriter(512);
  private final ByteRangeSet resourceNumbers = new ByteRangeSet(4096, 16);
  private final ByteRangeSet scopeNumbers = new ByteRangeSet(1024, 16);

  // The writer's view; readers see it through `published` alone.
  private Columns columns = new Columns(FIRST_ROWS);
  private Batch[] batches = new Batch[64];
  private ResourceAttributes[] resources = new ResourceAttributes[8];
  private ResourceAttributes[] scopes = new ResourceAttributes[8];
  private int rows;
  private int batchCount;

  private volatile Snapshot published;
  private volatile long sizeBytes;

  /** Parallel columns; an index below the published row count is never written again. */
  static final class Columns {
    final long[] timeNanos;
    final int[] from;
    final int[] to;
    final int[] batch;
    final int[] resource;
    final int[] scope;
    final byte[] severity;

    Columns(int capacity) {
      this(
          new long[capacity],
          new int[capacity],
          new int[capacity],
          new int[capacity],
          new int[capacity],
          new int[capacity],
          new byte[capacity]);
    }

    private Columns(
        long[] timeNanos,
        int[] from,
        int[] to,
        int[] batch,
        int[] resource,
        int[] scope,
        byte[] severity) {
      this.timeNanos = timeNanos;
      this.from = from;
      this.to = to;
      this.batch = batch;
      this.resource = resource;
      this.scope = scope;
      this.severity = severity;
    }

    Columns grown(int capacity) {
      return new Columns(
          Arrays.copyOf(timeNanos, capacity),
          Arrays.copyOf(from, capacity),
          Arrays.copyOf(to, capacity),
          Arrays.copyOf(batch, capacity),
          Arrays.copyOf(resource, capacity),
          Arrays.copyOf(scope, capacity),
          Arrays.copyOf(severity, capacity));
    }
  }

  /** One Kafka record: rows {@code [firstRow, endRow)}. */
  record Batch(
      TenantId tenant,
      byte[] value,
      long offset,
      int firstRow,
      int endRow,
      long minTimeNanos,
      long maxTimeNanos) {}

  /** Everything that was published at one moment. */
  record Snapshot(
      int rows,
      int batchCount,
      Columns columns,
      Batch[] batches,
      ResourceAttributes[] resources,
      ResourceAttributes[] scopes) {}

  public LogSegment(int partition) {
    this.partition = partition;
    published = new Snapshot(0, 0, columns, batches, resources, scopes);
  }

  public int partition() {
    return partition;
  }

  @Override
  public int append(HeadRecord record) throws MalformedRecordException {
    int firstRow = rows;
    int firstResource = resourceNumbers.size();
    int firstScope = scopeNumbers.size();
    try {
      scan(record);
    } catch (MalformedWireException e) {
      rows = firstRow;
      resourceNumbers.truncate(firstResource);
      scopeNumbers.truncate(firstScope);
      throw new MalformedRecordException("ExportLogsServiceRequest: " + e.getMessage(), e);
    }
    int appended = rows - firstRow;
    if (appended > 0) {
      addBatch(record, firstRow);
      sizeBytes =
          sizeBytes()
              + record.value().length
              + (long) appended * COLUMN_BYTES_PER_ROW
              + added(resourceNumbers, firstResource)
              + added(scopeNumbers, firstScope);
      published = new Snapshot(rows, batchCount, columns, batches, resources, scopes);
    }
    return appended;
  }

  /** An estimate: bytes, and about as much again decoded, with the objects around. */
  private static long added(ByteRangeSet numbers, int first) {
    long bytes = 0;
    for (int i = first; i < numbers.size(); i++) {
      bytes += 4L * numbers.get(i).length + 512;
    }
    return bytes;
  }

  private void addBatch(HeadRecord record, int firstRow) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int row = firstRow; row < rows; row++) {
      min = Math.min(min, columns.timeNanos[row]);
      max = Math.max(max, columns.timeNanos[row]);
    }
    if (batchCount == batches.length) {
      batches = Arrays.copyOf(batches, batchCount * 2);
    }
    batches[batchCount++] =
        new Batch(record.tenant(), record.value(), record.offset(), firstRow, rows, min, max);
  }

  /** ExportLogsServiceRequest { repeated ResourceLogs resource_logs = 1; } */
  private void scan(HeadRecord record) {
    ProtoReader resourceReader = new ProtoReader(record.value());
    while (resourceReader.next()) {
      if (resourceReader.field() != 1) {
        resourceReader.skip();
        continue;
      }
      int outer = resourceReader.enter();
      int start = resourceReader.position();
      resourceReader.leave(outer);
      scanResource(record, start, resourceReader.position());
    }
  }

  /** ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; schema_url = 3; } */
  private void scanResource(HeadRecord record, int from, int to) {
    int resource = -1;
    ProtoReader scopeReader = new ProtoReader(record.value(), from, to);
    while (scopeReader.next()) {
      if (scopeReader.field() != 2) {
        scopeReader.skip();
        continue;
      }
      if (resource < 0) {
        resource = resource(record.value(), from, to);
      }
      int outer = scopeReader.enter();
      int start = scopeReader.position();
      scopeReader.leave(outer);
      scanScope(record, resource, start, scopeReader.position());
    }
  }

  /** ScopeLogs { InstrumentationScope scope = 1; repeated LogRecord log_records = 2; ... } */
  private void scanScope(HeadRecord record, int resource, int from, int to) {
    int scope = -1;
    ProtoReader recordReader = new ProtoReader(record.value(), from, to);
    while (recordReader.next()) {
      if (recordReader.field() != 2) {
        recordReader.skip();
        continue;
      }
      if (scope < 0) {
        scope = scope(record.value(), from, to);
      }
      int outer = recordReader.enter();
      int start = recordReader.position();
      recordReader.leave(outer);
      int end = recordReader.position();
      cursor.read(record.value(), start, end, true);
      if (rows == columns.from.length) {
        columns = columns.grown(Math.multiplyExact(rows, 2));
      }
      columns.timeNanos[rows] = cursor.timeNanos(record.receivedMillis());
      columns.from[rows] = start;
      columns.to[rows] = end;
      columns.batch[rows] = batchCount;
      columns.resource[rows] = resource;
      columns.scope[rows] = scope;
      columns.severity[rows] = (byte) cursor.severityNumber();
      rows++;
    }
  }

  private int resource(byte[] value, int from, int to) {
    copyAllBut(2, value, from, to);
    int number = resourceNumbers.add(fields.array(), 0, fields.size());
    if (number >= 0) {
      return number;
    }
    if (~number == resources.length) {
      resources = Arrays.copyOf(resources, resources.length * 2);
    }
    resources[~number] = ResourceAttributes.ofResource(fields.toByteArray());
    return ~number;
  }

  private int scope(byte[] value, int from, int to) {
    copyAllBut(2, value, from, to);
    int number = scopeNumbers.add(fields.array(), 0, fields.size());
    if (number >= 0) {
      return number;
    }
    if (~number == scopes.length) {
      scopes = Arrays.copyOf(scopes, scopes.length * 2);
    }
    scopes[~number] = ResourceAttributes.ofScope(fields.toByteArray());
    return ~number;
  }

  private void copyAllBut(int field, byte[] value, int from, int to) {
    fields.clear();
    reader.reset(value, from, to);
    while (reader.next()) {
      int start = reader.tagStart();
      boolean copied = reader.field() != field;
      reader.skip();
      if (copied) {
        fields.copy(value, start, reader.position() - start);
      }
    }
  }

  @Override
  public long rows() {
    return published.rows;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  /** A view of all rows published so far; each thread takes its own. */
  public HeadRows snapshot() {
    return new HeadRows(published);
  }

  /** Tenants that have rows here. */
  public List<TenantId> tenants() {
    Snapshot now = published;
    return Arrays.stream(now.batches, 0, now.batchCount).map(Batch::tenant).distinct().toList();
  }
}
