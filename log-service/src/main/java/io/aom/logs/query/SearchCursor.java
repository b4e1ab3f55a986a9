package io.aom.logs.query;

import io.aom.logs.query.LogSearchResult.Total;
import io.aom.logs.row.RowPosition;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Where the next page goes on: after a row, in the window, order and query of the first page. Rows
 * keep their place in the order when they move from a head to a block, and rows that arrive later
 * push none to another page.
 *
 * @param queryHash of query and filters, so that a cursor is not taken to another search
 * @param total what an earlier page counted; null if it could not look everywhere, so that the next
 *     page counts again
 */
public record SearchCursor(
    long startMillis,
    long endMillis,
    boolean newestFirst,
    int queryHash,
    RowPosition after,
    @Nullable Total total) {
  private static final int VERSION = 1;
  private static final int MAX_LENGTH = 512;
  private static final long NOT_COUNTED = -1;

  /** Hash of a printed query. */
  public static int hash(String query) {
    CRC32C hash = new CRC32C();
    hash.update(query.getBytes(StandardCharsets.UTF_8));
    return (int) hash.getValue();
  }

  /** The opaque text. */
  public String encode() {
    ProtoWriter writer = new ProtoWriter(64);
    writer.varint(1, VERSION);
    writer.varint(2, startMillis);
    writer.varint(3, endMillis);
    writer.varint(4, newestFirst ? 1 : 0);
    writer.varint(5, queryHash & 0xFFFFFFFFL);
    writer.varint(6, after.timeNanos());
    writer.varint(7, after.partition());
    writer.varint(8, after.offset());
    writer.varint(9, after.ordinal());
    if (total != null) {
      writer.varint(10, total.value());
      writer.string(11, total.reason());
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(writer.toByteArray());
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws RejectedException (400) if it did not
   */
  public static SearchCursor decode(String text) {
    if (text.length() > MAX_LENGTH) {
      throw refused();
    }
    try {
      return decode(new ProtoReader(Base64.getUrlDecoder().decode(text)));
    } catch (IllegalArgumentException e) {
      throw refused();
    }
  }

  private static SearchCursor decode(ProtoReader reader) {
    long version = 0;
    long start = 0;
    long end = 0;
    boolean newestFirst = false;
    int hash = 0;
    long time = 0;
    int partition = 0;
    long offset = 0;
    int ordinal = 0;
    long total = NOT_COUNTED;
    String reason = "";
    while (reader.next()) {
      switch (reader.field()) {
        case 1 -> version = reader.int64();
        case 2 -> start = reader.int64();
        case 3 -> end = reader.int64();
        case 4 -> newestFirst = reader.bool();
        case 5 -> hash = reader.int32();
        case 6 -> time = reader.int64();
        case 7 -> partition = reader.int32();
        case 8 -> offset = reader.int64();
        case 9 -> ordinal = reader.int32();
        case 10 -> total = reader.int64();
        case 11 -> reason = reader.string();
        default -> reader.skip();
      }
    }
    if (version != VERSION || start < 0 || end <= start || end > MAX_MILLIS) {
      throw refused();
    }
    return new SearchCursor(
        start,
        end,
        newestFirst,
        hash,
        new RowPosition(time, partition, offset, ordinal),
        total == NOT_COUNTED ? null : new Total(total, reason));
  }

  private static RejectedException refused() {
    return new RejectedException(
        Problem.BAD_REQUEST, "cursor: not one of ours (expected: as an answer gave it)");
  }

  /** Latest time that fits into nanoseconds. */
  static final long MAX_MILLIS = Long.MAX_VALUE / 1_000_000;
}
