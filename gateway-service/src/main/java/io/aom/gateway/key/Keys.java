package io.aom.gateway.key;

import io.aom.identity.Identity;
import io.aom.identity.IdentityProblem;
import io.aom.identity.Role;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Making and revoking keys and tenants. An admin of the tenant {@code default} is one of the whole
 * installation; any other admin sees and changes the keys of their own tenant only.
 *
 * <p>Safe for use by many threads; every method blocks.
 */
public final class Keys {
  private static final int PAGE = 1_000;
  private static final int MAX_NAME = 200;
  private static final int MAX_KEYS_OF_TENANT = 1_000;
  private static final int MAX_TENANTS = 1_000;

  private final KeyStores stores;
  private final KeyDirectory directory;
  private final KeyUses uses;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  /** A key just made; the only moment at which it can be read. */
  public record Made(KeyRecord record, ApiKey key) {}

  /** A key and when it was last used; null if it never was. */
  public record Listed(KeyRecord record, @Nullable Instant lastUsedAt) {}

  public Keys(KeyStores stores, KeyDirectory directory, KeyUses uses, InstantSource clock) {
    this.stores = stores;
    this.directory = directory;
    this.uses = uses;
    this.clock = clock;
  }

  /**
   * Makes a key.
   *
   * @param tenant null for that of the caller
   * @param expiresAt null for never
   */
  public Made create(
      Identity caller,
      String name,
      Role role,
      @Nullable TenantId tenant,
      @Nullable Instant expiresAt) {
    TenantId owner = tenant == null ? caller.tenant() : tenant;
    requireOver(caller, owner);
    checkName(name);
    if (role == Role.SERVICE) {
      throw new RejectedException(
          Problem.BAD_REQUEST, "role: service (expected: agent, viewer, editor or admin)");
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    if (expiresAt != null && !expiresAt.isAfter(now)) {
      throw new RejectedException(
          Problem.BAD_REQUEST, "expiresAt: " + expiresAt + " (expected: after " + now + ")");
    }
    if (!tenantExists(owner)) {
      throw new RejectedException(
          Problem.UNPROCESSABLE, "tenant: " + owner + " (expected: one that exists)");
    }
    if (keysOf(owner).size() >= MAX_KEYS_OF_TENANT) {
      throw new RejectedException(
          Problem.UNPROCESSABLE,
          "keys of tenant " + owner + ": " + MAX_KEYS_OF_TENANT + " (expected: fewer)");
    }
    ApiKey key = ApiKey.random(random);
    KeyRecord record =
        new KeyRecord(
            key.id(), name.strip(), role.wireName(), owner.value(), key.hash(), now, expiresAt);
    stores.keys().create(key.id(), record, caller.subject());
    directory.refresh();
    return new Made(record, key);
  }

  /** The keys that the caller may see, oldest first. */
  public List<Listed> list(Identity caller) {
    List<KeyRecord> records = isOfInstallation(caller) ? allKeys() : keysOf(caller.tenant());
    Map<String, Instant> lastUsed = uses.all();
    return records.stream()
        .sorted(Comparator.comparing(KeyRecord::createdAt).thenComparing(KeyRecord::id))
        .map(record -> new Listed(record, lastUsed.get(record.id())))
        .toList();
  }

  /**
   * Revokes a key: at once here, and at other gateways as soon as they read the keys again.
   *
   * @throws RejectedException 404 if there is none that the caller may see
   */
  public void revoke(Identity caller, String id) {
    Optional<KeyRecord> record = stores.keys().find(id).map(Versioned::value);
    boolean visible =
        record.isPresent()
            && (isOfInstallation(caller) || record.get().tenant().equals(caller.tenant().value()));
    if (!visible || !stores.keys().delete(id, null, caller.subject())) {
      throw new RejectedException(Problem.NOT_FOUND, "key: " + id + " (expected: one that exists)");
    }
    directory.refresh();
    uses.forget(id);
  }

  /** The tenants that the caller may see; the default one is always the first of all. */
  public List<TenantRecord> tenants(Identity caller) {
    TenantRecord standard = new TenantRecord(TenantRecord.DEFAULT, "Default", Instant.EPOCH);
    List<TenantRecord> made =
        stores.tenants().listAll(DocumentQuery.first(PAGE)).stream().map(Versioned::value).toList();
    return Stream.concat(Stream.of(standard), made.stream())
        .filter(tenant -> isOfInstallation(caller) || tenant.id().equals(caller.tenant().value()))
        .toList();
  }

  /** Makes a tenant; 409 if its id is taken. */
  public TenantRecord createTenant(Identity caller, TenantId id, String name) {
    requireOfInstallation(caller);
    checkName(name);
    if (id.value().equals(TenantRecord.DEFAULT)) {
      throw new RejectedException(Problem.CONFLICT, "id: default (expected: one not taken)");
    }
    if (stores.tenants().listAll(DocumentQuery.first(PAGE)).size() >= MAX_TENANTS) {
      throw new RejectedException(
          Problem.UNPROCESSABLE, "tenants: " + MAX_TENANTS + " (expected: fewer)");
    }
    // Keys that outlived an earlier tenant of that name must not come to life again.
    deleteKeysOf(id, caller);
    TenantRecord record =
        new TenantRecord(id.value(), name.strip(), clock.instant().truncatedTo(ChronoUnit.MILLIS));
    stores.tenants().create(id.value(), record, caller.subject());
    directory.refresh();
    return record;
  }

  /**
   * Removes a tenant and its keys. What was stored for it stays until its retention ends.
   *
   * @throws RejectedException 404 if there is none, 409 for the default one
   */
  public void deleteTenant(Identity caller, TenantId id) {
    requireOfInstallation(caller);
    if (id.value().equals(TenantRecord.DEFAULT)) {
      throw new RejectedException(
          Problem.CONFLICT, "tenant: default (expected: one that was made)");
    }
    if (!stores.tenants().delete(id.value(), null, caller.subject())) {
      throw new RejectedException(
          Problem.NOT_FOUND, "tenant: " + id + " (expected: one that exists)");
    }
    directory.refresh(); // from here on its keys are refused, whether they are gone yet or not
    deleteKeysOf(id, caller);
    directory.refresh();
  }

  private void deleteKeysOf(TenantId tenant, Identity caller) {
    for (KeyRecord key : keysOf(tenant)) {
      stores.keys().delete(key.id(), null, caller.subject());
      uses.forget(key.id());
    }
  }

  private boolean tenantExists(TenantId tenant) {
    return tenant.value().equals(TenantRecord.DEFAULT)
        || stores.tenants().find(tenant.value()).isPresent();
  }

  private List<KeyRecord> allKeys() {
    return stores.keys().listAll(DocumentQuery.first(PAGE)).stream().map(Versioned::value).toList();
  }

  private List<KeyRecord> keysOf(TenantId tenant) {
    return stores.keys().listAll(DocumentQuery.first(PAGE).where("tenant", tenant.value())).stream()
        .map(Versioned::value)
        .toList();
  }

  private static boolean isOfInstallation(Identity caller) {
    return caller.tenant().value().equals(TenantRecord.DEFAULT);
  }

  private static void requireOver(Identity caller, TenantId tenant) {
    if (!isOfInstallation(caller) && !caller.tenant().equals(tenant)) {
      throw new RejectedException(
          IdentityProblem.FORBIDDEN, "tenant: " + tenant + " (expected: your own)");
    }
  }

  private static void requireOfInstallation(Identity caller) {
    if (!isOfInstallation(caller)) {
      throw new RejectedException(
          IdentityProblem.FORBIDDEN,
          "tenants: admin of " + caller.tenant() + " (expected: admin of tenant default)");
    }
  }

  private static void checkName(String name) {
    if (name.isBlank() || name.length() > MAX_NAME) {
      throw new RejectedException(
          Problem.BAD_REQUEST,
          "name: " + name.length() + " characters (expected: 1.." + MAX_NAME + ", not blank)");
    }
  }
}
