package io.aom.gateway.key;

import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.opensearch.documents.DocumentType;
import io.aom.telemetry.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a key; the key itself is not.
 *
 * @param role wire name of its one role
 * @param hash {@link ApiKey#hash()}
 * @param expiresAt first moment at which it is good no more; null for never
 */
public record KeyRecord(
    String id,
    String name,
    String role,
    String tenant,
    String hash,
    Instant createdAt,
    @Nullable Instant expiresAt) {
  /** Where the records are. */
  public static final DocumentType<KeyRecord> TYPE =
      new DocumentType<>(
          "aom-keys", KeyRecord.class, List.of("tenant"), List.of("createdAt"), true);

  boolean expired(Instant now) {
    return expiresAt != null && !now.isBefore(expiresAt);
  }

  Identity identity() {
    return new Identity(id, new TenantId(tenant), Set.of(Role.parse(role)));
  }

  /** Without the hash: records end up in logs. */
  @Override
  public String toString() {
    return "KeyRecord[id=" + id + ", role=" + role + ", tenant=" + tenant + "]";
  }
}
