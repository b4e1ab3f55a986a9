package io.aom.gateway.key;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.aom.identity.Identity;
import io.aom.opensearch.OpenSearchRefusedException;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.Versioned;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who holds which key. Known keys are answered from memory, so they go on while OpenSearch is away;
 * the memory is renewed every few seconds, so a revocation made at another gateway holds here soon.
 *
 * <p>Safe for use by many threads.
 */
public final class KeyDirectory {
  private static final Logger log = LoggerFactory.getLogger(KeyDirectory.class);

  private static final int PAGE = 1_000;

  /** How long an id that is nobody's is not asked for again. */
  private static final Duration NOBODY_FOR = Duration.ofSeconds(2);

  /** What became of a key. */
  public sealed interface Finding {
    /** The key is good, and this is its holder. */
    record Holder(Identity identity) implements Finding {}

    /** The key is not good; the reason is for the caller. */
    record NotGood(String reason) implements Finding {}

    /** Memory does not know the key; {@link #lookUp} does. */
    record NotInMemory() implements Finding {}

    /** The store cannot say now. */
    record CannotSay() implements Finding {}
  }

  private record Memory(Map<String, KeyRecord> keys, Set<String> tenants) {}

  private static final Finding UNKNOWN = new Finding.NotGood("key: not known");
  private static final Finding EXPIRED = new Finding.NotGood("key: expired");
  private static final Finding NO_TENANT = new Finding.NotGood("key: its tenant was deleted");
  private static final Finding NOT_IN_MEMORY = new Finding.NotInMemory();
  private static final Finding CANNOT_SAY = new Finding.CannotSay();

  private final KeyStores stores;
  private final Map<String, BuiltIn> builtIn = new ConcurrentHashMap<>();
  private final InstantSource clock;
  private final Cache<String, Boolean> nobody =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(NOBODY_FOR).build();
  private volatile @Nullable Memory memory;
  private boolean storeAway;

  private record BuiltIn(String hash, Finding holder) {}

  public KeyDirectory(KeyStores stores, InstantSource clock) {
    this.stores = stores;
    this.clock = clock;
  }

  /** Adds a key that is not kept in the store. */
  public void addBuiltIn(ApiKey key, Identity holder) {
    builtIn.put(key.id(), new BuiltIn(key.hash(), new Finding.Holder(holder)));
  }

  /** Whether an id is that of a key that is not kept in the store. */
  public boolean isBuiltIn(String id) {
    return builtIn.containsKey(id);
  }

  /** What memory says; never blocks. */
  public Finding inMemory(ApiKey key) {
    BuiltIn own = builtIn.get(key.id());
    if (own != null) {
      return key.matches(own.hash()) ? own.holder() : UNKNOWN;
    }
    Memory known = memory;
    KeyRecord held = known == null ? null : known.keys().get(key.id());
    if (known == null || held == null) {
      return nobody.getIfPresent(key.id()) == null ? NOT_IN_MEMORY : UNKNOWN;
    }
    return judge(key, held, known.tenants());
  }

  /** What the store says of a key that is {@link Finding.NotInMemory}; blocks. */
  public Finding lookUp(ApiKey key) {
    try {
      if (memory == null) {
        refresh();
      }
      KeyRecord held = stores.keys().find(key.id()).map(Versioned::value).orElse(null);
      if (held == null) {
        nobody.put(key.id(), true);
        return UNKNOWN;
      }
      boolean tenantKnown =
          held.tenant().equals(TenantRecord.DEFAULT)
              || stores.tenants().find(held.tenant()).isPresent();
      return judge(key, held, tenantKnown ? Set.of(held.tenant()) : Set.of());
    } catch (OpenSearchUnavailableException | OpenSearchRefusedException e) {
      log.debug("key {} cannot be looked up: {}", key, e.getMessage());
      return CANNOT_SAY;
    }
  }

  private Finding judge(ApiKey key, KeyRecord held, Set<String> tenants) {
    if (!key.matches(held.hash())) {
      return UNKNOWN;
    }
    if (held.expired(clock.instant())) {
      return EXPIRED;
    }
    return tenants.contains(held.tenant()) ? new Finding.Holder(held.identity()) : NO_TENANT;
  }

  /**
   * Renews the memory from the store; blocks.
   *
   * @throws OpenSearchUnavailableException if the store is away; the memory stays as it was
   */
  public synchronized void refresh() {
    Map<String, KeyRecord> keys =
        stores.keys().listAll(DocumentQuery.first(PAGE)).stream()
            .collect(Collectors.toUnmodifiableMap(Versioned::id, Versioned::value, (a, b) -> b));
    Set<String> tenants =
        stores.tenants().listAll(DocumentQuery.first(PAGE)).stream()
            .map(Versioned::id)
            .collect(Collectors.toSet());
    tenants.add(TenantRecord.DEFAULT);
    memory = new Memory(keys, Set.copyOf(tenants));
    nobody.invalidateAll();
  }

  /** {@link #refresh()} for a timer: says once that the store is away, and once that it is back. */
  public synchronized void refreshIfPossible() {
    try {
      refresh();
      if (storeAway) {
        log.info("keys can be read again");
      }
      storeAway = false;
    } catch (OpenSearchUnavailableException | OpenSearchRefusedException e) {
      if (!storeAway) {
        log.warn("keys cannot be read now, known ones go on: {}", e.getMessage());
      }
      storeAway = true;
    }
  }
}
