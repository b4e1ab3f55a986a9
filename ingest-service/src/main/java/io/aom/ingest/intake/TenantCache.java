package io.aom.ingest.intake;

import io.aom.telemetry.TenantId;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Keeps something for each tenant. Tenants are made by an admin, so they are few. Thread-safe. */
public final class TenantCache<T> {
  private final ConcurrentHashMap<TenantId, T> byTenant = new ConcurrentHashMap<>();
  private final Function<TenantId, T> maker;

  public TenantCache(Function<TenantId, T> maker) {
    this.maker = maker;
  }

  public T of(TenantId tenant) {
    return byTenant.computeIfAbsent(tenant, maker);
  }

  /** What is kept by now. */
  public Collection<T> all() {
    return byTenant.values();
  }
}
