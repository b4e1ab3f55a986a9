package io.aom.ingest.intake;

import io.aom.telemetry.TenantId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What of one request is to be stored.
 *
 * @param digest tells a request that is sent again from a new one
 * @param refused how many items of the request are not in the slices
 * @param receivedMillis epoch milliseconds at which the request came
 * @param traceParent W3C trace context of the request, if it had one
 */
public record Batch(
    Signal signal,
    TenantId tenant,
    RequestDigest digest,
    long refused,
    long receivedMillis,
    @Nullable String traceParent,
    List<Slice> slices) {
  public Batch {
    slices = List.copyOf(slices);
  }

  /** Items in all slices. */
  public long items() {
    long items = 0;
    for (Slice slice : slices) {
      items += slice.items();
    }
    return items;
  }

  /** What all slices cost of the tenant's rate, at least {@link #items}. */
  public long charge() {
    long charge = items();
    for (Slice slice : slices) {
      charge += slice.extras();
    }
    return charge;
  }
}
