package io.aom.logs.query;

import io.aom.logs.query.lang.LogQuery;
import io.aom.logs.query.lang.LogQueryLimits;
import io.aom.logs.query.lang.LogQueryParser;
import io.aom.logs.row.RowPosition;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of heads and blocks alike.
 *
 * @param startMillis epoch milliseconds
 * @param endMillis epoch milliseconds, exclusive; after the start
 * @param limit most rows to answer with; 0 to count only
 * @param after only rows strictly after this one in the order; the count is of all
 * @param stepMillis width of the histogram's buckets; 0 for no histogram
 */
public record LogQuestion(
    TenantId tenant,
    long startMillis,
    long endMillis,
    LogQuery query,
    boolean newestFirst,
    int limit,
    @Nullable RowPosition after,
    long stepMillis) {

  /** More steps than any histogram is allowed to have. */
  private static final int MOST_STEPS = 1_000_000;

  long startNanos() {
    return startMillis * 1_000_000;
  }

  long endNanos() {
    return endMillis * 1_000_000;
  }

  @Nullable Histogram newHistogram() {
    return stepMillis == 0 ? null : new Histogram(startMillis, endMillis, stepMillis);
  }

  byte[] encode() {
    ProtoWriter writer = new ProtoWriter(256);
    writer.string(1, tenant.value());
    writer.varint(2, startMillis);
    writer.varint(3, endMillis);
    writer.string(4, query.toString());
    writer.varint(5, newestFirst ? 1 : 0);
    writer.varint(6, limit);
    writer.varint(7, stepMillis);
    if (after != null) {
      writer.varint(8, after.timeNanos());
      writer.varint(9, after.partition());
      writer.varint(10, after.offset());
      writer.varint(11, after.ordinal());
    }
    return writer.toByteArray();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if the bytes are no question
   */
  static LogQuestion decode(byte[] bytes) {
    String tenant = "";
    long start = 0;
    long end = 0;
    String query = "";
    boolean newestFirst = true;
    int limit = 0;
    long step = 0;
    long time = -1;
    int partition = 0;
    long offset = 0;
    int ordinal = 0;
    ProtoReader reader = new ProtoReader(bytes);
    while (reader.next()) {
      switch (reader.field()) {
        case 1 -> tenant = reader.string();
        case 2 -> start = reader.int64();
        case 3 -> end = reader.int64();
        case 4 -> query = reader.string();
        case 5 -> newestFirst = reader.bool();
        case 6 -> limit = reader.int32();
        case 7 -> step = reader.int64();
        case 8 -> time = reader.int64();
        case 9 -> partition = reader.int32();
        case 10 -> offset = reader.int64();
        case 11 -> ordinal = reader.int32();
        default -> reader.skip();
      }
    }
    if (end <= start || limit < 0 || step < 0 || (step > 0 && (end - start) / step > MOST_STEPS)) {
      throw new MalformedWireException(
          "question: from "
              + start
              + " to "
              + end
              + " by "
              + step
              + ", "
              + limit
              + " rows (expected: a window of at most "
              + MOST_STEPS
              + " steps, no number below 0)");
    }
    return new LogQuestion(
        new TenantId(tenant),
        start,
        end,
        parsed(query),
        newestFirst,
        limit,
        time < 0 ? null : new RowPosition(time, partition, offset, ordinal),
        step);
  }

  private static LogQuery parsed(String query) {
    try {
      return LogQueryParser.parse(query, LogQueryLimits.INTERNAL);
    } catch (RejectedException e) {
      throw new IllegalArgumentException("query: " + e.getMessage(), e);
    }
  }
}
