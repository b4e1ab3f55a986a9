package io.aom.blockstore;

import io.aom.telemetry.TenantId;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Map;

/**
 * One document of a block: rows of one tenant and one record day.
 *
 * @param startMillis epoch milliseconds of the earliest row
 * @param endMillis epoch milliseconds of the latest row, inclusive
 * @param rows how many rows the columns hold
 * @param terms what a query may look for; each is indexed, none is stored
 * @param columns binary columns by name, each of {@link BlockFormat#columns}
 * @param tier one of {@link BlockFormat#tiers}; empty for rows as they were received
 */
public record BlockPart(
    TenantId tenant,
    long startMillis,
    long endMillis,
    int rows,
    Collection<String> terms,
    Map<String, byte[]> columns,
    String tier) {
  /** The tier of rows as they were received. */
  public static final String AS_RECEIVED = "";

  /** A part of rows as they were received. */
  public BlockPart(
      TenantId tenant,
      long startMillis,
      long endMillis,
      int rows,
      Collection<String> terms,
      Map<String, byte[]> columns) {
    this(tenant, startMillis, endMillis, rows, terms, columns, AS_RECEIVED);
  }

  public BlockPart {
    if (endMillis < startMillis) {
      throw new IllegalArgumentException(
          "endMillis: " + endMillis + " (expected: at least startMillis " + startMillis + ")");
    }
    if (rows < 1) {
      throw new IllegalArgumentException("rows: " + rows + " (expected: at least 1)");
    }
    if (!day(startMillis).equals(day(endMillis))) {
      throw new IllegalArgumentException(
          "endMillis: " + endMillis + " (expected: on the same UTC day as " + startMillis + ")");
    }
  }

  /** Bytes of all columns. */
  public int bytes() {
    return columns.values().stream().mapToInt(column -> column.length).sum();
  }

  /** UTC day that decides in which index the part lies. */
  public LocalDate day() {
    return day(startMillis);
  }

  static LocalDate day(long epochMillis) {
    return Instant.ofEpochMilli(epochMillis).atZone(ZoneOffset.UTC).toLocalDate();
  }
}
