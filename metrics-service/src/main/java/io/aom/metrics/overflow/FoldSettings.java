package io.aom.metrics.overflow;

import io.aom.metrics.series.Labels;
import io.aom.telemetry.TenantId;
import java.util.List;

/** {@link FoldProperties}, made ready. Immutable. */
public final class FoldSettings {
  private static final List<String> ALWAYS_KEPT =
      List.of(Labels.NAME, "le", "quantile", "job", "instance", TenantFolds.PARTITION);

  private final FoldProperties properties;
  private final LongIndex kept = new LongIndex();
  private final int forgetMinutes;

  public FoldSettings(FoldProperties properties) {
    this.properties = properties;
    this.forgetMinutes = (int) properties.forget().toMinutes();
    for (List<String> names : List.of(ALWAYS_KEPT, properties.keep())) {
      for (String name : names) {
        long hash = Hashes.of(name);
        if (kept.get(hash) < 0) {
          kept.put(hash, 0);
        }
      }
    }
  }

  /** Whether no tenant's series are ever folded. */
  public boolean off() {
    return properties.values() == 0
        && properties.tenants().values().stream().allMatch(own -> own == 0);
  }

  boolean keeps(long nameHash) {
    return kept.get(nameHash) >= 0;
  }

  int forgetMinutes() {
    return forgetMinutes;
  }

  int budget(TenantId tenant) {
    return properties.of(tenant);
  }
}
