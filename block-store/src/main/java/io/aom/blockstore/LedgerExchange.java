package io.aom.blockstore;

import io.aom.blockstore.BlockStore.Ledger;
import io.aom.telemetry.TenantId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Ledgers between members. A request is {@code long fromMillis, long toMillis}; an answer {@code
 * boolean partial, long completeUntilMillis, int n, n * (UTF tenant, long hourMillis, long
 * accepted, long stored, long deadLettered, long duplicate, long inHead)}, big-endian.
 */
final class LedgerExchange {
  /** Name in the member-to-member path, beside those of the signal's queries. */
  static final String NAME = "ledger";

  private LedgerExchange() {}

  static byte[] encodeRequest(long fromMillis, long toMillis) {
    return encode(
        out -> {
          out.writeLong(fromMillis);
          out.writeLong(toMillis);
        });
  }

  /** Answers a request with what {@code own} says of its window. */
  static byte[] answer(byte[] request, OwnLedger own) {
    try {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(request));
      Ledger ledger = own.ledger(in.readLong(), in.readLong());
      return encode(
          out -> {
            out.writeBoolean(ledger.partial());
            out.writeLong(ledger.completeUntilMillis());
            out.writeInt(ledger.rows().size());
            for (Ledger.Row row : ledger.rows()) {
              out.writeUTF(row.key().tenant().value());
              out.writeLong(row.key().hourMillis());
              out.writeLong(row.counts().accepted());
              out.writeLong(row.counts().stored());
              out.writeLong(row.counts().deadLettered());
              out.writeLong(row.counts().duplicate());
              out.writeLong(row.inHead());
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("a peer's request ends too early", e);
    }
  }

  /**
   * The ledger of all members.
   *
   * @param others answers of the other members, empty for one that did not answer
   */
  static Ledger merge(Ledger own, List<Optional<byte[]>> others) {
    List<Ledger> all = new ArrayList<>(List.of(own));
    boolean partial = false;
    for (Optional<byte[]> other : others) {
      partial |= other.isEmpty();
      other.map(LedgerExchange::decode).ifPresent(all::add);
    }
    Map<LedgerKey, Ledger.Row> rows = new HashMap<>();
    for (Ledger ledger : all) {
      partial |= ledger.partial();
      for (Ledger.Row row : ledger.rows()) {
        rows.merge(
            row.key(),
            row,
            (a, b) ->
                new Ledger.Row(a.key(), a.counts().plus(b.counts()), a.inHead() + b.inHead()));
      }
    }
    return new Ledger(
        rows.values().stream()
            .sorted(
                Comparator.comparing((Ledger.Row row) -> row.key().tenant().value())
                    .thenComparingLong(row -> row.key().hourMillis()))
            .toList(),
        all.stream().mapToLong(Ledger::completeUntilMillis).min().orElse(0),
        partial);
  }

  private static Ledger decode(byte[] answer) {
    try {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(answer));
      boolean partial = in.readBoolean();
      long completeUntil = in.readLong();
      int count = in.readInt();
      List<Ledger.Row> rows = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        rows.add(
            new Ledger.Row(
                new LedgerKey(new TenantId(in.readUTF()), in.readLong()),
                new LedgerCounts(in.readLong(), in.readLong(), in.readLong(), in.readLong()),
                in.readLong()));
      }
      return new Ledger(rows, completeUntil, partial);
    } catch (IOException e) {
      throw new UncheckedIOException("a peer's ledger ends too early", e);
    }
  }

  private static byte[] encode(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writing.to(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("into memory", e);
    }
    return bytes.toByteArray();
  }

  /** What one member accounts for. */
  @FunctionalInterface
  interface OwnLedger {
    Ledger ledger(long fromMillis, long toMillis);
  }

  @FunctionalInterface
  private interface Writing {
    void to(DataOutputStream out) throws IOException;
  }
}
