package io.aom.logs.head;

import io.aom.logs.head.LogSegment.Batch;
import io.aom.logs.head.LogSegment.Columns;
import io.aom.logs.head.LogSegment.Snapshot;
import io.aom.logs.row.AnyValues;
import io.aom.logs.row.ByteSlice;
import io.aom.logs.row.LogRecordCursor;
import io.aom.logs.row.ResourceAttributes;
import io.aom.logs.row.RowView;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;

/**
 * The rows of a segment as they were at one moment. Rows are numbered from 0; those of one Kafka
 * record, a batch, are neighbours. A row's bytes are walked when something in them is asked for.
 *
 * <p>Not thread-safe; the segment may be appended to meanwhile.
 */
public final class HeadRows implements RowView {
  private final Snapshot snapshot;
  private final Columns columns;
  private final LogRecordCursor cursor = new LogRecordCursor();
  private final ProtoReader reader = new ProtoReader(new byte[0]);
  private int row = -1;
  private int read = -1;

  HeadRows(Snapshot snapshot) {
    this.snapshot = snapshot;
    columns = snapshot.columns();
  }

  public int rows() {
    return snapshot.rows();
  }

  public int batches() {
    return snapshot.batchCount();
  }

  public TenantId batchTenant(int batch) {
    return snapshot.batches()[batch].tenant();
  }

  public int batchStart(int batch) {
    return snapshot.batches()[batch].firstRow();
  }

  public int batchEnd(int batch) {
    return snapshot.batches()[batch].endRow();
  }

  /** Whether any row of the batch may lie in {@code [startNanos, endNanos)}. */
  public boolean batchOverlaps(int batch, long startNanos, long endNanos) {
    Batch found = snapshot.batches()[batch];
    return found.maxTimeNanos() >= startNanos && found.minTimeNanos() < endNanos;
  }

  public void moveTo(int newRow) {
    row = newRow;
  }

  /** Time of any row, without moving there. */
  public long timeNanos(int anyRow) {
    return columns.timeNanos[anyRow];
  }

  /** Severity number of any row, without moving there. */
  public int severityNumber(int anyRow) {
    return columns.severity[anyRow];
  }

  /** Bytes of any row's record. */
  public int sizeBytes(int anyRow) {
    return columns.to[anyRow] - columns.from[anyRow];
  }

  /** Number of the row's resource among the segment's. */
  public int resourceNumber(int anyRow) {
    return columns.resource[anyRow];
  }

  /** Number of the row's scope among the segment's. */
  public int scopeNumber(int anyRow) {
    return columns.scope[anyRow];
  }

  /** Above every resource's number. */
  public int resources() {
    return snapshot.resources().length;
  }

  /** Above every scope's number. */
  public int scopes() {
    return snapshot.scopes().length;
  }

  /** A resource by its number. */
  public ResourceAttributes resourceByNumber(int number) {
    return snapshot.resources()[number];
  }

  /** A scope by its number. */
  public ResourceAttributes scopeByNumber(int number) {
    return snapshot.scopes()[number];
  }

  /** The current row's record, walked. */
  public LogRecordCursor record() {
    if (read != row) {
      Batch batch = snapshot.batches()[columns.batch[row]];
      cursor.read(batch.value(), columns.from[row], columns.to[row], false);
      read = row;
    }
    return cursor;
  }

  @Override
  public long timeNanos() {
    return columns.timeNanos[row];
  }

  @Override
  public long observedNanos() {
    return record().observedNanos();
  }

  @Override
  public int severityNumber() {
    return columns.severity[row];
  }

  @Override
  public void severityText(ByteSlice text) {
    copy(record().severityText(), text);
  }

  @Override
  public ResourceAttributes resource() {
    return snapshot.resources()[columns.resource[row]];
  }

  @Override
  public ResourceAttributes scope() {
    return snapshot.scopes()[columns.scope[row]];
  }

  @Override
  public void body(ByteSlice text) {
    ByteSlice body = record().body();
    reader.reset(body.bytes(), body.from(), body.to());
    AnyValues.text(reader, text);
  }

  @Override
  public void attributes(ByteSlice fields) {
    Batch batch = snapshot.batches()[columns.batch[row]];
    fields.set(batch.value(), columns.from[row], columns.to[row]);
  }

  /** The current row's fields that have no column of their own. */
  public void rest(ProtoWriter target) {
    record().copyRest(target);
  }

  @Override
  public void traceId(ByteSlice id) {
    copy(record().traceId(), id);
  }

  @Override
  public void spanId(ByteSlice id) {
    copy(record().spanId(), id);
  }

  @Override
  public int flags() {
    return record().flags();
  }

  @Override
  public long offset() {
    return snapshot.batches()[columns.batch[row]].offset();
  }

  @Override
  public int ordinal() {
    return row - snapshot.batches()[columns.batch[row]].firstRow();
  }

  private static void copy(ByteSlice source, ByteSlice target) {
    target.set(source.bytes(), source.from(), source.to());
  }
}
