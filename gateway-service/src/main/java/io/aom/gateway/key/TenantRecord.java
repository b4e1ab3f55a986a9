package io.aom.gateway.key;

import io.aom.opensearch.documents.DocumentType;
import java.time.Instant;
import java.util.List;

/** A tenant; its id is a {@link io.aom.telemetry.TenantId}. */
public record TenantRecord(String id, String name, Instant createdAt) {
  /** The tenant that is always there; its admins are those of the installation. */
  public static final String DEFAULT = "default";

  /** Where the records are. */
  public static final DocumentType<TenantRecord> TYPE =
      new DocumentType<>("aom-tenants", TenantRecord.class, List.of(), List.of("createdAt"), true);
}
