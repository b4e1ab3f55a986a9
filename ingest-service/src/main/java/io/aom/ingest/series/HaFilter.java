package io.aom.ingest.series;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Refusals;
import io.aom.telemetry.labels.LabelBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntSupplier;

/**
 * Asks {@link HaPairs} about the series of one request; mostly all are of one server, so the last
 * answer is kept. Not thread-safe.
 */
public final class HaFilter {
  private static final byte[] NOTHING = new byte[0];

  private byte[] cluster = NOTHING;
  private byte[] replica = NOTHING;
  private HaPairs.Verdict verdict = HaPairs.Verdict.TAKEN;
  private boolean asked;
  private long nowMillis;

  /** Starts a request. */
  public void begin(long now) {
    nowMillis = now;
    asked = false;
  }

  /** Whether the series asked about last is left out because another server sends it too. */
  public boolean isDuplicate() {
    return verdict == HaPairs.Verdict.DUPLICATE;
  }

  /** Whether a series with these labels comes from a server that is one of several. */
  public static boolean isOfPair(HaPairs.View pairs, LabelBuffer labels) {
    return pairs.isOn()
        && labels.find(pairs.replicaLabel()) >= 0
        && labels.find(pairs.clusterLabel()) >= 0;
  }

  /**
   * Whether the series of a pair is to be taken, and takes the replica's label away from it;
   * otherwise counts its items.
   */
  public boolean takes(
      HaPairs.View pairs, LabelBuffer labels, IntSupplier items, Refusals refusals) {
    int c = labels.find(pairs.clusterLabel());
    int r = labels.find(pairs.replicaLabel());
    boolean taken =
        takes(
            pairs,
            labels.bytes(),
            labels.valueFrom(c),
            labels.valueTo(c),
            labels.valueFrom(r),
            labels.valueTo(r),
            items,
            refusals);
    if (taken) {
      labels.remove(r);
    }
    return taken;
  }

  /**
   * Whether the series whose cluster and replica stand in these ranges of {@code bytes} is to be
   * taken; otherwise counts its items.
   */
  public boolean takes(
      HaPairs.View pairs,
      byte[] bytes,
      int clusterFrom,
      int clusterTo,
      int replicaFrom,
      int replicaTo,
      IntSupplier items,
      Refusals refusals) {
    if (!asked
        || !Arrays.equals(cluster, 0, cluster.length, bytes, clusterFrom, clusterTo)
        || !Arrays.equals(replica, 0, replica.length, bytes, replicaFrom, replicaTo)) {
      cluster = Arrays.copyOfRange(bytes, clusterFrom, clusterTo);
      replica = Arrays.copyOfRange(bytes, replicaFrom, replicaTo);
      asked = true;
      verdict =
          pairs.hear(
              new String(cluster, StandardCharsets.UTF_8),
              new String(replica, StandardCharsets.UTF_8),
              nowMillis);
    }
    return switch (verdict) {
      case TAKEN -> true;
      case DUPLICATE -> {
        refusals.add(RefusalReason.HA_DUPLICATE, items.getAsInt(), "");
        yield false;
      }
      case TOO_MANY_CLUSTERS -> {
        refusals.add(
            RefusalReason.TOO_MANY_HA_CLUSTERS,
            items.getAsInt(),
            "label "
                + new String(pairs.clusterLabel(), StandardCharsets.UTF_8)
                + ": "
                + SeriesCheck.text(cluster, 0, cluster.length)
                + " (expected: at most "
                + pairs.most()
                + " of them with replicas)");
        yield false;
      }
    };
  }
}
