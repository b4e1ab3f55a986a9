package io.aom.metrics.overflow;

import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.MalformedWireException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is folded in a segment, by tenant, and what goes from one segment to the next, as {@code
 * docs/format/metrics-carry.md} describes it. Not thread-safe.
 */
public final class PartitionFolds {
  private static final int VERSION = 1;

  private final FoldSettings settings;
  private final FoldStatistics statistics;
  private final FoldLimits limits = new FoldLimits();
  private final FoldListener listener;
  private final int partition;
  private final Map<TenantId, TenantFolds> tenants = new HashMap<>();
  private int minute;

  /**
   * @param listener is told by {@link #tell}
   * @param carry of the segment before; empty for none
   * @throws IllegalStateException if that cannot be read
   */
  public PartitionFolds(
      FoldSettings settings,
      FoldStatistics statistics,
      FoldListener listener,
      int partition,
      byte[] carry) {
    this.settings = settings;
    this.statistics = statistics;
    this.listener = listener;
    this.partition = partition;
    if (carry.length > 0) {
      try {
        read(new CarryReader(carry));
      } catch (IllegalArgumentException e) {
        throw new IllegalStateException(
            "carry of partition " + partition + ": " + e.getMessage(), e);
      }
    }
  }

  private void read(CarryReader in) {
    long version = in.number();
    if (version != VERSION) {
      throw new MalformedWireException("version " + version + " (expected: " + VERSION + ")");
    }
    minute = (int) in.number();
    int count = in.count(Integer.MAX_VALUE);
    for (int i = 0; i < count; i++) {
      TenantId tenant = new TenantId(in.text());
      TenantFolds folds = make(Math.max(1, settings.budget(tenant)));
      folds.read(in, minute);
      if (settings.budget(tenant) > 0) {
        tenants.put(tenant, folds);
      }
    }
  }

  private TenantFolds make(int budget) {
    return new TenantFolds(settings, limits, statistics, budget, partition);
  }

  /** Of the tenant; null if nothing of it is to be folded. */
  public @Nullable TenantFolds of(TenantId tenant) {
    TenantFolds known = tenants.get(tenant);
    int budget = settings.budget(tenant);
    if (known == null && budget > 0) {
      known = make(budget);
      tenants.put(tenant, known);
    }
    return known;
  }

  /** The minute of the newest record, counted from 1970; it never goes back. */
  public int minute(long receivedMillis) {
    minute = Math.max(minute, (int) (receivedMillis / 60_000));
    return minute;
  }

  /** Labels of the tenant that began to fold since this was asked last. */
  public List<FoldedLabel> begun(TenantId tenant) {
    TenantFolds known = tenants.get(tenant);
    return known == null ? List.of() : known.begun();
  }

  /** Tells who wants to know of one of {@link #begun}. */
  public void tell(TenantId tenant, long receivedMillis, FoldedLabel label) {
    listener.begun(tenant, partition, receivedMillis, label);
  }

  /** What is told of the tenant's labels that fold. */
  public List<FoldedLabel> told(TenantId tenant) {
    TenantFolds known = tenants.get(tenant);
    return known == null ? List.of() : known.told();
  }

  /** What the next segment begins with; empty if nothing is worth keeping. */
  public byte[] carry() {
    limits.values = 0;
    Map<String, byte[]> written = new TreeMap<>();
    new TreeMap<>(byName())
        .forEach(
            (name, folds) -> {
              CarryWriter out = new CarryWriter();
              if (folds.write(out, minute)) {
                written.put(name, out.toByteArray());
              }
            });
    if (written.isEmpty()) {
      return new byte[0];
    }
    CarryWriter out = new CarryWriter();
    out.number(VERSION).number(minute).number(written.size());
    written.forEach((name, bytes) -> out.text(name).bytes(bytes));
    return out.toByteArray();
  }

  private Map<String, TenantFolds> byName() {
    Map<String, TenantFolds> byName = new HashMap<>();
    tenants.forEach((tenant, folds) -> byName.put(tenant.value(), folds));
    return byName;
  }
}
