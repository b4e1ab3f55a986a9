package io.aom.blockstore;

import io.aom.blockstore.PartitionKeeper.Snapshot;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What a head accounts for. A question is {@code long fromMillis, long toMillis}; an answer {@code
 * int n, n * (UTF tenant, long hourMillis, long accepted, long stored, long deadLettered, long
 * duplicate, long inHead)}.
 */
final class LedgerQuery<S extends HeadSegment>
    implements ViewQuery<S, LedgerQuery.Window, Map<LedgerKey, LedgerQuery.Account>> {
  private static final int LEAST_ROW_BYTES = 50;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Of receipt, half-open, in epoch milliseconds; hours that overlap it count. */
  record Window(long fromMillis, long toMillis) {
    boolean overlaps(LedgerKey key) {
      return key.hourMillis() + LedgerKey.HOUR_MILLIS > fromMillis && key.hourMillis() < toMillis;
    }
  }

  /**
   * @param inHead how many of the stored are not in a block yet, as far as this head knows
   */
  record Account(LedgerCounts counts, long inHead) {
    Account plus(Account other) {
      return new Account(counts.plus(other.counts), inHead + other.inHead);
    }
  }

  @Override
  public String name() {
    return "ledger";
  }

  @Override
  public Map<LedgerKey, Account> run(Window window, int partition, Snapshot<S> now) {
    Map<LedgerKey, Account> sum = new HashMap<>();
    for (HeldSegment<S> held : now.view().held()) {
      boolean stored = held.state() == HeldSegment.State.STORED;
      held.ledger()
          .forEach(
              (key, counts) -> {
                if (window.overlaps(key)) {
                  sum.merge(key, new Account(counts, stored ? 0 : counts.stored()), Account::plus);
                }
              });
    }
    return sum;
  }

  @Override
  public Duration timeout(Window window) {
    return TIMEOUT;
  }

  @Override
  public byte[] encodeQuestion(Window window) {
    return PeerBytes.write(
        out -> {
          out.writeLong(window.fromMillis());
          out.writeLong(window.toMillis());
        });
  }

  @Override
  public Window decodeQuestion(byte[] bytes) {
    return PeerBytes.decode(bytes, in -> new Window(in.readLong(), in.readLong()));
  }

  @Override
  public byte[] encodeAnswer(Map<LedgerKey, Account> answer) {
    return PeerBytes.write(
        out -> {
          out.writeInt(answer.size());
          for (Map.Entry<LedgerKey, Account> row : answer.entrySet()) {
            LedgerCounts counts = row.getValue().counts();
            out.writeUTF(row.getKey().tenant().value());
            out.writeLong(row.getKey().hourMillis());
            out.writeLong(counts.accepted());
            out.writeLong(counts.stored());
            out.writeLong(counts.deadLettered());
            out.writeLong(counts.duplicate());
            out.writeLong(row.getValue().inHead());
          }
        });
  }

  @Override
  public Map<LedgerKey, Account> decodeAnswer(Window window, byte[] bytes) {
    return PeerBytes.decode(
        bytes,
        in -> {
          int count = PeerBytes.readCount(in, LEAST_ROW_BYTES);
          Map<LedgerKey, Account> rows = HashMap.newHashMap(count);
          for (int i = 0; i < count; i++) {
            rows.put(
                new LedgerKey(new TenantId(in.readUTF()), in.readLong()),
                new Account(
                    new LedgerCounts(in.readLong(), in.readLong(), in.readLong(), in.readLong()),
                    in.readLong()));
          }
          return rows;
        });
  }
}
