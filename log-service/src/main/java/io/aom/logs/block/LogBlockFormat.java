package io.aom.logs.block;

import io.aom.blockstore.BlockFormat;
import io.aom.blockstore.BlockPart;
import io.aom.logs.head.HeadRows;
import io.aom.logs.head.LogSegment;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.Topics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Logs as the block store holds them.
 *
 * <p>A part holds up to {@link #MAX_PART_ROWS} rows, neighbours in time, of one tenant and one day.
 * A service with at least {@link #OWN_PART_ROWS} rows in a segment's day gets parts of its own:
 * like lines compress well together, and a query for one service reads no other's. Smaller services
 * share parts. Thread-safe; a call to {@link #seal} holds the compressor for its time.
 */
public final class LogBlockFormat implements BlockFormat<LogSegment> {
  /** Most rows of a part. */
  public static final int MAX_PART_ROWS = 8_192;

  /**
   * Most bytes of the rows' records, resources and scopes in a part, each of these once, so that no
   * part outgrows what one request to OpenSearch may hold; a single row may exceed it.
   */
  static final int MAX_PART_BYTES = 8 << 20;

  /** From how many rows on a service has parts of its own. */
  static final int OWN_PART_ROWS = 2_048;

  private static final long NANOS_PER_DAY = 86_400_000_000_000L;
  private static final long NANOS_PER_MICRO = 1_000;
  private static final int ROW_BITS = 26;

  @Override
  public String signal() {
    return "logs";
  }

  @Override
  public String topic() {
    return Topics.LOGS;
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<String> columns() {
    return LogColumns.ALL;
  }

  @Override
  public LogSegment newSegment(int partition) {
    return new LogSegment(partition);
  }

  /** Rows that may share a part. An empty service is that of rows in shared parts. */
  private record PartKey(TenantId tenant, long day, String service) {}

  @Override
  public List<BlockPart> seal(LogSegment segment) {
    HeadRows rows = segment.snapshot();
    List<BlockPart> parts = new ArrayList<>();
    try (LogPartWriter writer = new LogPartWriter()) {
      for (Map.Entry<PartKey, Rows> group : shareSmall(group(rows)).entrySet()) {
        int[] order = byTime(rows, group.getValue());
        int from = 0;
        while (from < order.length) {
          int to = endOfPart(rows, order, from);
          parts.add(writer.write(group.getKey().tenant(), rows, order, from, to));
          from = to;
        }
      }
    }
    return parts;
  }

  private static int endOfPart(HeadRows rows, int[] order, int from) {
    BitSet resources = new BitSet();
    BitSet scopes = new BitSet();
    long bytes = 0;
    int to = from;
    while (to < order.length && to - from < MAX_PART_ROWS) {
      bytes += rows.sizeBytes(order[to]);
      int resource = rows.resourceNumber(order[to]);
      if (!resources.get(resource)) {
        resources.set(resource);
        bytes += rows.resourceByNumber(resource).bytes().length;
      }
      int scope = rows.scopeNumber(order[to]);
      if (!scopes.get(scope)) {
        scopes.set(scope);
        bytes += rows.scopeByNumber(scope).bytes().length;
      }
      if (bytes > MAX_PART_BYTES && to > from) {
        break;
      }
      to++;
    }
    return to;
  }

  /** Rows by tenant, day and service, each in the order in which it came first. */
  private static Map<PartKey, Rows> group(HeadRows rows) {
    Map<PartKey, Rows> groups = new LinkedHashMap<>();
    for (int batch = 0; batch < rows.batches(); batch++) {
      TenantId tenant = rows.batchTenant(batch);
      long day = -1;
      int resource = -1;
      Rows group = null;
      for (int row = rows.batchStart(batch); row < rows.batchEnd(batch); row++) {
        long rowDay = rows.timeNanos(row) / NANOS_PER_DAY;
        if (group == null || rowDay != day || rows.resourceNumber(row) != resource) {
          day = rowDay;
          resource = rows.resourceNumber(row);
          String service = rows.resourceByNumber(resource).service();
          group = groups.computeIfAbsent(new PartKey(tenant, day, service), key -> new Rows());
        }
        group.add(row);
      }
    }
    return groups;
  }

  private static Map<PartKey, Rows> shareSmall(Map<PartKey, Rows> groups) {
    Map<PartKey, Rows> shared = new LinkedHashMap<>();
    groups.forEach(
        (key, group) -> {
          PartKey target =
              group.size < OWN_PART_ROWS ? new PartKey(key.tenant(), key.day(), "") : key;
          shared.merge(target, group, Rows::plus);
        });
    return shared;
  }

  /** By time to the microsecond, then in the order of arrival. */
  private static int[] byTime(HeadRows rows, Rows group) {
    if (rows.rows() >= 1 << ROW_BITS) {
      throw new IllegalStateException(
          "rows: " + rows.rows() + " (expected: below " + (1 << ROW_BITS) + ")");
    }
    long[] keys = new long[group.size];
    for (int i = 0; i < group.size; i++) {
      int row = group.numbers[i];
      long micros = rows.timeNanos(row) % NANOS_PER_DAY / NANOS_PER_MICRO;
      keys[i] = (micros << ROW_BITS) | row;
    }
    Arrays.sort(keys);
    int[] order = new int[group.size];
    for (int i = 0; i < group.size; i++) {
      order[i] = (int) (keys[i] & ((1 << ROW_BITS) - 1));
    }
    return order;
  }

  /** A growing list of row numbers. */
  private static final class Rows {
    private int[] numbers = new int[64];
    private int size;

    void add(int row) {
      if (size == numbers.length) {
        numbers = Arrays.copyOf(numbers, size * 2);
      }
      numbers[size++] = row;
    }

    Rows plus(Rows other) {
      for (int i = 0; i < other.size; i++) {
        add(other.numbers[i]);
      }
      return this;
    }
  }
}
