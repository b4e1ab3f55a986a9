package io.aom.blockstore;

import io.aom.blockstore.LedgerQuery.Account;
import io.aom.blockstore.LedgerQuery.Window;
import io.aom.telemetry.TenantId;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Lets fuzzing reach what members send one another of themselves. */
public final class PeerQueries {
  private static final LedgerQuery<HeadSegment> LEDGER = new LedgerQuery<>();

  private static final Window HOUR = new Window(1_790_000_000_000L, 1_790_003_600_000L);

  private PeerQueries() {}

  /** Examples, in the order of {@link #codecs}. */
  public static List<byte[]> examples() {
    Freshness fresh = new Freshness(1, 10, 12, 1_790_000_000_000L);
    return List.of(
        new Announcement("topic", 4, Map.of(1, fresh)).encode(),
        LEDGER.encodeQuestion(HOUR),
        LEDGER.encodeAnswer(
            Map.of(
                new LedgerKey(new TenantId("acme"), 3_600_000),
                new Account(new LedgerCounts(10, 8, 1, 1), 3))));
  }

  /** Each decodes a message and encodes it again. */
  public static List<UnaryOperator<byte[]>> codecs() {
    return List.of(
        bytes -> Announcement.decode(bytes).encode(),
        bytes -> LEDGER.encodeQuestion(LEDGER.decodeQuestion(bytes)),
        bytes -> LEDGER.encodeAnswer(LEDGER.decodeAnswer(HOUR, bytes)));
  }
}
