package io.aom.ingest.intake;

import io.aom.telemetry.TenantId;

/** Takes note of refused items, for the ledger. Thread-safe. */
public interface RefusalCounts {
  void refused(TenantId tenant, Signal signal, RefusalReason reason, long items, long timeMillis);
}
