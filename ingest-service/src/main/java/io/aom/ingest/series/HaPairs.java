package io.aom.ingest.series;

import io.aom.opensearch.OpenSearchRefusedException;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.DocumentVersion;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the samples of one of several Prometheus servers that scrape the same targets (a
 * high-availability pair): the labels {@code cluster} and {@code __replica__} name pair and server.
 * The one heard first is the elected replica; when it has been silent for the failover time, the
 * next one heard takes its place.
 *
 * <p>Members of the service agree through a document for each pair, changed only by who has seen
 * its present version. It is refreshed every few seconds, not with each request. While the store
 * cannot answer each member elects for itself: samples are then perhaps stored twice, but not lost.
 * The same time of one series overwrites itself, so that does no harm beyond a jump between the two
 * servers.
 *
 * <p>Thread-safe. Blocks on the store only to elect.
 */
public final class HaPairs {
  private static final Logger log = LoggerFactory.getLogger(HaPairs.class);
  private static final String ACTOR = "ingest";

  /** Most pairs of a tenant that are told. */
  static final int PAGE = 500;

  /** Most that are deleted at a time: whom the members listen to has to be saved meanwhile. */
  private static final int DELETED_TOGETHER = 20;

  /** A pair that is silent for so long is forgotten. */
  private static final long FORGOTTEN_MILLIS = Duration.ofDays(1).toMillis();

  /** When documents of pairs that are forgotten are looked for again where it has failed. */
  private static final long DELETED_AGAIN_MILLIS = Duration.ofMinutes(1).toMillis();

  /** How often they are looked for. */
  private static final long DELETED_EVERY_MILLIS = Duration.ofHours(1).toMillis();

  /** What becomes of a sample. */
  public enum Verdict {
    TAKEN,
    DUPLICATE,
    TOO_MANY_CLUSTERS
  }

  /**
   * How pairs are told.
   *
   * @param clusterLabel names the pair
   * @param replicaLabel names the server; not stored. Empty turns all this off
   * @param failover how long the elected replica may be silent
   * @param clusters most pairs of one tenant
   */
  public record Settings(
      String clusterLabel, String replicaLabel, Duration failover, int clusters) {}

  private record Key(TenantId tenant, String cluster) {}

  private record Elected(String replica, @Nullable DocumentVersion version, long savedMillis) {}

  private static final class Pair {
    volatile @Nullable Elected elected;
    volatile long seenMillis;
  }

  private final DocumentStore<HaPairDocument> store;
  private final Settings settings;
  private final long failoverMillis;
  private final Map<Key, Pair> pairs = new ConcurrentHashMap<>();
  private final LongAdder changes = new LongAdder();
  private volatile boolean storeAway;

  /** When forgotten ones are next looked for; of the thread that saves. */
  private long deleteAtMillis;

  public HaPairs(DocumentStore<HaPairDocument> store, Settings settings) {
    this.store = store;
    this.settings = settings;
    this.failoverMillis = settings.failover().toMillis();
  }

  /** Whether pairs are looked for at all. */
  public boolean isOn() {
    return !settings.replicaLabel().isEmpty();
  }

  public View of(TenantId tenant) {
    return new View(tenant);
  }

  /** How often this member has turned from one server of a pair to another. */
  public long changes() {
    return changes.sum();
  }

  /**
   * Which server of each pair the members listen to, by cluster; some seconds old, without pairs
   * that are forgotten. Of more than {@link #PAGE} those that were heard last.
   *
   * @throws OpenSearchUnavailableException if that cannot be read now
   * @throws OpenSearchRefusedException if the store refuses to say
   */
  public List<HaPairDocument> elected(String tenant, long nowMillis) {
    if (!isOn()) {
      return List.of();
    }
    DocumentQuery query =
        DocumentQuery.first(PAGE)
            .where("tenant", tenant)
            .notBefore("seenMillis", nowMillis - FORGOTTEN_MILLIS + 1)
            .sortedBy("seenMillis", true);
    return store.list(query).documents().stream()
        .map(Versioned::value)
        .sorted(Comparator.comparing(HaPairDocument::cluster))
        .toList();
  }

  /** The pairs of one tenant. Thread-safe. */
  public final class View {
    private final TenantId tenant;
    private final byte[] clusterLabel = settings.clusterLabel().getBytes(StandardCharsets.UTF_8);
    private final byte[] replicaLabel = settings.replicaLabel().getBytes(StandardCharsets.UTF_8);

    private View(TenantId tenant) {
      this.tenant = tenant;
    }

    /** Whether pairs are looked for at all. */
    public boolean isOn() {
      return replicaLabel.length > 0;
    }

    public byte[] clusterLabel() {
      return clusterLabel;
    }

    public byte[] replicaLabel() {
      return replicaLabel;
    }

    int most() {
      return settings.clusters();
    }

    /** Whether the samples of that server, which came now, are to be taken. */
    public Verdict hear(String cluster, String replica, long nowMillis) {
      Key key = new Key(tenant, cluster);
      Pair pair = pairs.get(key);
      if (pair == null) {
        if (pairs.keySet().stream().filter(k -> k.tenant().equals(tenant)).count()
            >= settings.clusters()) {
          return Verdict.TOO_MANY_CLUSTERS;
        }
        pair = pairs.computeIfAbsent(key, k -> new Pair());
      }
      Elected elected = pair.elected;
      if (elected == null || nowMillis - pair.seenMillis >= failoverMillis) {
        elected = elect(key, pair, replica, nowMillis);
      }
      if (!elected.replica().equals(replica)) {
        return Verdict.DUPLICATE;
      }
      pair.seenMillis = Math.max(pair.seenMillis, nowMillis);
      return Verdict.TAKEN;
    }
  }

  private Elected elect(Key key, Pair pair, String replica, long nowMillis) {
    synchronized (pair) {
      Elected present = pair.elected;
      if (present != null && nowMillis - pair.seenMillis < failoverMillis) {
        return present;
      }
      Elected elected;
      try {
        elected = agree(key, pair, replica, nowMillis);
        storeAway = false;
      } catch (OpenSearchUnavailableException | OpenSearchRefusedException e) {
        storeIsAway(e);
        elected = new Elected(replica, null, 0);
        pair.seenMillis = nowMillis;
      }
      listenTo(key, pair, elected);
      return elected;
    }
  }

  private void listenTo(Key key, Pair pair, Elected elected) {
    Elected before = pair.elected;
    pair.elected = elected;
    if (before != null && !before.replica().equals(elected.replica())) {
      changes.increment();
      log.info(
          "tenant {}: of {} {}, {} {} is taken in place of {}",
          key.tenant(),
          settings.clusterLabel(),
          key.cluster(),
          settings.replicaLabel(),
          elected.replica(),
          before.replica());
    }
  }

  /** What the document says after this replica has tried to take it. */
  private Elected agree(Key key, Pair pair, String replica, long nowMillis) {
    String id = id(key);
    HaPairDocument wanted =
        new HaPairDocument(key.tenant().value(), key.cluster(), replica, nowMillis);
    Versioned<HaPairDocument> found = store.find(id).orElse(null);
    try {
      if (found == null) {
        found = store.create(id, wanted, ACTOR);
      } else if (found.value().replica().equals(replica)
          || nowMillis - found.value().seenMillis() >= failoverMillis) {
        found = store.replace(id, wanted, found.version(), ACTOR);
      }
    } catch (RejectedException e) {
      // Another member was faster; what it wrote holds.
      found = store.find(id).orElse(null);
    }
    if (found == null) {
      return new Elected(replica, null, 0);
    }
    pair.seenMillis = Math.max(pair.seenMillis, found.value().seenMillis());
    return new Elected(found.value().replica(), found.version(), found.value().seenMillis());
  }

  /**
   * Writes down who was heard since the last time, and forgets who is gone; to be called a few
   * times within the failover time, by one thread.
   */
  public void save(long nowMillis) {
    pairs.forEach(
        (key, pair) -> {
          try {
            save(key, pair, nowMillis);
            storeAway = false;
          } catch (OpenSearchUnavailableException | OpenSearchRefusedException e) {
            storeIsAway(e); // once more next time
          }
        });
    if (isOn() && nowMillis >= deleteAtMillis) {
      deleteAtMillis = nowMillis + DELETED_AGAIN_MILLIS;
      try {
        deleteForgotten(nowMillis);
      } catch (OpenSearchUnavailableException | OpenSearchRefusedException e) {
        log.debug("documents of forgotten pairs stay for a minute more: {}", e.toString());
      }
    }
  }

  /** Also those that were last heard before a restart, of which no member knows. */
  private void deleteForgotten(long nowMillis) {
    DocumentQuery query =
        DocumentQuery.first(DELETED_TOGETHER)
            .before("seenMillis", nowMillis - FORGOTTEN_MILLIS + 1);
    List<Versioned<HaPairDocument>> forgotten = store.list(query).documents();
    for (Versioned<HaPairDocument> one : forgotten) {
      try {
        store.delete(one.id(), one.version(), ACTOR);
      } catch (RejectedException e) {
        log.debug("{} is heard again", one.id());
      }
    }
    boolean mayBeMore = forgotten.size() == DELETED_TOGETHER;
    deleteAtMillis = nowMillis + (mayBeMore ? 0 : DELETED_EVERY_MILLIS);
  }

  private void save(Key key, Pair pair, long nowMillis) {
    synchronized (pair) {
      Elected elected = pair.elected;
      long seen = pair.seenMillis;
      if (elected == null) {
        return;
      }
      if (nowMillis - seen >= FORGOTTEN_MILLIS) {
        pairs.remove(key, pair); // its document goes later, unless another member hears it
        return;
      }
      if (seen - elected.savedMillis() < failoverMillis / 3) {
        return;
      }
      if (elected.version() == null) {
        listenTo(key, pair, agree(key, pair, elected.replica(), seen));
        return;
      }
      HaPairDocument heard =
          new HaPairDocument(key.tenant().value(), key.cluster(), elected.replica(), seen);
      try {
        Versioned<HaPairDocument> written = store.replace(id(key), heard, elected.version(), ACTOR);
        pair.elected = new Elected(elected.replica(), written.version(), seen);
      } catch (RejectedException e) {
        listenTo(key, pair, agree(key, pair, elected.replica(), seen));
      }
    }
  }

  /** A cluster's name may be longer than an id. */
  private static String id(Key key) {
    byte[] name = key.cluster().getBytes(StandardCharsets.UTF_8);
    return key.tenant() + "/" + UUID.nameUUIDFromBytes(name);
  }

  private void storeIsAway(RuntimeException e) {
    if (!storeAway) {
      storeAway = true;
      log.warn(
          "members of ingest do not agree on replicas for now, each elects its own: {}",
          e.toString());
    }
  }
}
