package io.aom.blockstore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A segment with what the store has to know of it: its offsets, its accounts and its state. */
final class HeldSegment<S extends HeadSegment> {
  /** Life of a segment; it only ever moves on. */
  enum State {
    OPEN,
    FROZEN,
    STORED
  }

  private final S segment;
  private final long firstOffset;
  private final long openedAtMillis;
  private final Map<LedgerKey, LedgerCounts> ledger = new HashMap<>();
  private final List<RequestDigest> requests = new ArrayList<>();
  private volatile State state = State.OPEN;
  private volatile long dueAtMillis;
  private volatile byte[] carry = HeadSegment.NO_CARRY;
  private long lastOffset;
  private long firstReceivedMillis = Long.MAX_VALUE;
  private long lastReceivedMillis = Long.MIN_VALUE;
  private long storedAtMillis;
  private long newestRowMillis;

  HeldSegment(S segment, long firstOffset, long openedAtMillis) {
    this.segment = segment;
    this.firstOffset = firstOffset;
    this.lastOffset = firstOffset - 1;
    this.openedAtMillis = openedAtMillis;
  }

  S segment() {
    return segment;
  }

  long firstOffset() {
    return firstOffset;
  }

  long openedAtMillis() {
    return openedAtMillis;
  }

  State state() {
    return state;
  }

  /**
   * Ends appending.
   *
   * @param carry what the next segment begins with
   * @param dueAtMillis when it may be stored
   */
  void freeze(byte[] carry, long dueAtMillis) {
    this.carry = carry;
    this.dueAtMillis = dueAtMillis;
    state = State.FROZEN;
  }

  /** What the next segment begins with; means something once this one is frozen. */
  byte[] carry() {
    return carry;
  }

  /** Epoch milliseconds from when on it may be stored; means something once it is frozen. */
  long dueAtMillis() {
    return dueAtMillis;
  }

  /**
   * Notes that it is a block now.
   *
   * @param newestMillis no row of it is newer
   */
  synchronized void stored(long nowMillis, long newestMillis) {
    storedAtMillis = nowMillis;
    newestRowMillis = newestMillis;
    state = State.STORED;
  }

  /** Epoch milliseconds: no row is newer; means something once it is stored. */
  synchronized long newestRowMillis() {
    return newestRowMillis;
  }

  synchronized long storedAtMillis() {
    return storedAtMillis;
  }

  synchronized long lastOffset() {
    return lastOffset;
  }

  synchronized long lastReceivedMillis() {
    return lastReceivedMillis;
  }

  synchronized long spanMillis() {
    return Math.max(0, lastReceivedMillis - firstReceivedMillis);
  }

  synchronized boolean empty() {
    return lastOffset < firstOffset;
  }

  /** Notes that the record at {@code offset} is done with, whatever became of it. */
  synchronized void passed(long offset, long receivedMillis) {
    lastOffset = offset;
    firstReceivedMillis = Math.min(firstReceivedMillis, receivedMillis);
    lastReceivedMillis = Math.max(lastReceivedMillis, receivedMillis);
  }

  synchronized void count(LedgerKey key, LedgerCounts counts) {
    ledger.merge(key, counts, LedgerCounts::plus);
  }

  synchronized void remember(RequestDigest digest) {
    requests.add(digest);
  }

  synchronized Map<LedgerKey, LedgerCounts> ledger() {
    return Map.copyOf(ledger);
  }

  synchronized Manifest manifest(BlockId id, String layout, int parts) {
    return new Manifest(
        id,
        lastOffset,
        layout,
        parts,
        segment.rows(),
        ledger,
        requests,
        carry,
        lastReceivedMillis == Long.MIN_VALUE ? 0 : lastReceivedMillis);
  }
}
