package io.aom.metrics.promql;

import io.aom.metrics.series.Labels;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much heap queries hold: all together, and each by itself. What a query holds is reckoned, not
 * measured: samples and results by their size, labels by a share for each series. Safe for
 * concurrent use.
 */
public final class QueryMemory {
  /** Without bounds, for tests and scripts. */
  public static final QueryMemory ENDLESS = new QueryMemory(Long.MAX_VALUE, Long.MAX_VALUE);

  /** An account takes this much at a time, so that threads seldom meet at the counter. */
  private final long chunk;

  private final long perQuery;
  private final long total;
  private final AtomicLong reserved = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /**
   * @param perQuery most bytes of one query, above 0
   * @param total most bytes of all, above 0
   */
  public QueryMemory(long perQuery, long total) {
    if (perQuery < 1 || total < 1) {
      throw new IllegalArgumentException(
          "memory: " + perQuery + ", " + total + " (expected: above 0)");
    }
    this.perQuery = perQuery;
    this.total = total;
    this.chunk = Math.min(1 << 20, 1 + Math.min(perQuery, total) / 64);
  }

  /** What a series takes beside its samples: an array of names and values, which are shared. */
  public static long seriesBytes(Labels labels) {
    return 96 + 8L * labels.size();
  }

  public Account open() {
    return new Account();
  }

  /** Bytes that queries have reserved now. */
  public long reservedBytes() {
    return reserved.get();
  }

  /** How many queries were refused so far because they or all together held too much. */
  public long refused() {
    return refused.get();
  }

  /** What one query holds. For one thread; closing it gives everything back. */
  public final class Account implements AutoCloseable {
    private long held;
    private long taken;

    private Account() {}

    /**
     * Counts bytes that are about to be held.
     *
     * @throws PromqlException of kind {@link PromqlException.Kind#EXECUTION} if this query then
     *     holds more than one may, {@link PromqlException.Kind#BUSY} if all together do
     */
    public void hold(long bytes) {
      long next = held + bytes;
      if (next < 0 || next > perQuery) {
        refused.incrementAndGet();
        throw PromqlException.execution(
            "query memory: more than "
                + perQuery
                + " bytes (expected: at most that; narrow the selectors or the time range, take"
                + " longer steps, or raise aom.metrics.query.max-memory)");
      }
      if (next > taken) {
        take(Math.max(chunk, next - taken));
      }
      held = next;
    }

    private void take(long bytes) {
      long after = reserved.addAndGet(bytes);
      if (after > total) {
        reserved.addAndGet(-bytes);
        refused.incrementAndGet();
        throw new PromqlException(
            PromqlException.Kind.BUSY,
            "query memory: all queries together hold "
                + (after - bytes)
                + " bytes and this one needs "
                + bytes
                + " more (expected: at most "
                + total
                + "; try again when others are done, or raise"
                + " aom.metrics.query.max-total-memory)");
      }
      taken += bytes;
    }

    /** Counts bytes that are no longer held; others can have what they were, but for a little. */
    public void release(long bytes) {
      held = Math.max(0, held - bytes);
      long surplus = taken - held - chunk;
      if (surplus > chunk) {
        reserved.addAndGet(-surplus);
        taken -= surplus;
      }
    }

    public long heldBytes() {
      return held;
    }

    @Override
    public void close() {
      reserved.addAndGet(-taken);
      taken = 0;
      held = 0;
    }
  }
}
