package io.aom.topology.head;

import io.aom.blockstore.HeadRecord;
import io.aom.blockstore.HeadSegment;
import io.aom.blockstore.MalformedRecordException;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.topology.span.SpanTable;
import io.aom.topology.span.SpanTableBuilder;

/**
 * Spans in memory: columns beside the records' own bytes.
 *
 * <p>The writer publishes a new {@link SpanView} after each record with one volatile write; a
 * reader works on the view it took, so it needs no lock and sees whole records.
 */
public final class SpanSegment implements HeadSegment {
  private final SpanTableBuilder builder = new SpanTableBuilder();
  private volatile SpanView view = new SpanView(builder.table());
  private volatile long sizeBytes = builder.sizeBytes();

  @Override
  public int append(HeadRecord record) throws MalformedRecordException {
    int spans;
    try {
      spans = builder.append(record.tenant(), record.value(), record.receivedMillis());
    } catch (MalformedWireException e) {
      throw new MalformedRecordException("spans: " + e.getMessage(), e);
    }
    if (spans > 0) {
      view = new SpanView(builder.table());
      sizeBytes = builder.sizeBytes();
    }
    return spans;
  }

  /** The spans appended so far. */
  public SpanView view() {
    return view;
  }

  /** The spans appended so far. */
  public SpanTable table() {
    return view.table();
  }

  @Override
  public long rows() {
    return table().size();
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }
}
