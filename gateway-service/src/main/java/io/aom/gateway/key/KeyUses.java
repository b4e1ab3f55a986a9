package io.aom.gateway.key;

import io.aom.opensearch.OpenSearchRefusedException;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.RejectedException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers when each key was last used, and writes it down from time to time. What was not written
 * before a crash is lost; nothing is decided by it.
 */
public final class KeyUses {
  private static final Logger log = LoggerFactory.getLogger(KeyUses.class);

  private static final String ACTOR = "gateway";

  private final DocumentStore<KeyUse> store;
  private final InstantSource clock;
  private final Map<String, AtomicLong> lastUsed = new ConcurrentHashMap<>();
  private final Map<String, Long> written = new HashMap<>();

  public KeyUses(DocumentStore<KeyUse> store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Notes a use; only for ids of keys that exist, so the map is bounded by their number. */
  public void note(String keyId) {
    AtomicLong last = lastUsed.get(keyId);
    if (last == null) {
      last = lastUsed.computeIfAbsent(keyId, id -> new AtomicLong());
    }
    last.lazySet(clock.millis());
  }

  /** When each key was last used, here or, as far as written, at another gateway; blocks. */
  public Map<String, Instant> all() {
    Map<String, Instant> all = new HashMap<>();
    for (Versioned<KeyUse> use : store.listAll(DocumentQuery.first(1_000))) {
      all.put(use.id(), use.value().lastUsedAt());
    }
    lastUsed.forEach(
        (id, millis) ->
            all.merge(id, Instant.ofEpochMilli(millis.get()), (a, b) -> a.isAfter(b) ? a : b));
    return all;
  }

  /** Forgets a key that is no more. */
  public synchronized void forget(String keyId) {
    lastUsed.remove(keyId);
    written.remove(keyId);
    try {
      store.delete(keyId, null, ACTOR);
    } catch (OpenSearchUnavailableException | OpenSearchRefusedException e) {
      log.debug("last use of {} stays: {}", keyId, e.getMessage());
    }
  }

  /** Writes down what has changed since the last time; for a timer, blocks. */
  public synchronized void flush() {
    for (Map.Entry<String, AtomicLong> entry : lastUsed.entrySet()) {
      long millis = entry.getValue().get();
      if (millis != written.getOrDefault(entry.getKey(), 0L)) {
        try {
          write(new KeyUse(entry.getKey(), Instant.ofEpochMilli(millis)));
          written.put(entry.getKey(), millis);
        } catch (OpenSearchUnavailableException
            | OpenSearchRefusedException
            | RejectedException e) {
          log.debug("last use of {} is written later: {}", entry.getKey(), e.getMessage());
          return;
        }
      }
    }
  }

  private void write(KeyUse use) {
    Optional<Versioned<KeyUse>> before = store.find(use.id());
    if (before.isEmpty()) {
      store.create(use.id(), use, ACTOR);
    } else if (before.get().value().lastUsedAt().isBefore(use.lastUsedAt())) {
      store.replace(use.id(), use, before.get().version(), ACTOR);
    }
  }
}
