package io.aom.metrics.metadata;

import io.aom.metrics.metadata.MetadataDocument.Said;
import io.aom.metrics.series.MetricMetadata;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearchRefusedException;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.OpenSearchDocumentStore;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What senders said of metrics, one document a tenant. A segment's is saved before the segment
 * becomes a block: a crash before that reads the records again, and saves again; after it, it is
 * here. Safe for concurrent use, also by several members.
 */
public final class SavedMetadata {
  private static final Logger LOG = LoggerFactory.getLogger(SavedMetadata.class);
  private static final String ACTOR = "metrics-service";
  private static final int TRIES = 5;

  /** Most metrics of one tenant; what was not sent for longest makes room. */
  public static final int MAX_METRICS = 20_000;

  /** Most characters of one tenant's texts. */
  public static final int MAX_CHARS = 4 << 20;

  /** What nobody sent for so long is forgotten. */
  static final int KEPT_DAYS = 30;

  private final DocumentStore<MetadataDocument> documents;
  private final InstantSource clock;
  private final AtomicLong unsaved = new AtomicLong();

  SavedMetadata(DocumentStore<MetadataDocument> documents, InstantSource clock) {
    this.documents = documents;
    this.clock = clock;
  }

  /** Kept in OpenSearch. */
  public static SavedMetadata in(OpenSearch openSearch, InstantSource clock) {
    return new SavedMetadata(
        new OpenSearchDocumentStore<>(openSearch, MetadataDocument.TYPE, clock), clock);
  }

  /** Metrics of which something was said that could not be saved, or had to make room. */
  public long unsaved() {
    return unsaved.get();
  }

  /**
   * Adds what was said, in place of what was said before.
   *
   * @param said by the metric's name
   * @throws OpenSearchUnavailableException if it cannot be saved now
   */
  public void save(TenantId tenant, Map<String, MetricMetadata> said) {
    if (said.isEmpty()) {
      return;
    }
    for (int tries = 1; ; tries++) {
      try {
        saveOnce(tenant, said);
        return;
      } catch (RejectedException e) {
        if (tries == TRIES) {
          throw new OpenSearchUnavailableException(
              "metadata of tenant " + tenant + ": others change it again and again", e);
        }
      } catch (OpenSearchRefusedException e) {
        // Not worth the samples that wait for it.
        unsaved.addAndGet(said.size());
        LOG.error("tenant={} metadata of {} metrics not saved", tenant, said.size(), e);
        return;
      }
    }
  }

  private void saveOnce(TenantId tenant, Map<String, MetricMetadata> said) {
    Versioned<MetadataDocument> before = documents.find(tenant.value()).orElse(null);
    Map<String, Said> known = before == null ? Map.of() : before.value().metrics();
    long today = today();
    Map<String, Said> all = new TreeMap<>(known);
    said.forEach((metric, one) -> all.put(metric, Said.of(one, today)));
    all.values().removeIf(one -> one.day() < today - KEPT_DAYS);
    int leftOut = bound(all);
    MetadataDocument now = new MetadataDocument(tenant.value(), all);
    if (before == null) {
      documents.create(tenant.value(), now, ACTOR);
    } else if (!now.equals(before.value())) {
      documents.replace(tenant.value(), now, before.version(), ACTOR);
    }
    if (leftOut > 0) {
      unsaved.addAndGet(leftOut);
      LOG.warn("tenant={} metadata of {} metrics left out, there is no room", tenant, leftOut);
    }
  }

  /** Removes what is too much; says how many that were. */
  private static int bound(Map<String, Said> all) {
    long chars =
        all.entrySet().stream().mapToLong(e -> e.getKey().length() + e.getValue().chars()).sum();
    if (all.size() <= MAX_METRICS && chars <= MAX_CHARS) {
      return 0;
    }
    List<String> longestUnsaid =
        all.entrySet().stream()
            .sorted(Comparator.comparingLong(entry -> entry.getValue().day()))
            .map(Map.Entry::getKey)
            .toList();
    int removed = 0;
    while (all.size() > MAX_METRICS || chars > MAX_CHARS) {
      String metric = longestUnsaid.get(removed++);
      Said said = all.remove(metric);
      chars -= metric.length() + (said == null ? 0 : said.chars());
    }
    return removed;
  }

  /**
   * What is saved of a tenant's metrics, by name.
   *
   * @throws OpenSearchUnavailableException if that cannot be read now
   */
  public Map<String, MetricMetadata> of(TenantId tenant) {
    Map<String, MetricMetadata> known = new TreeMap<>();
    long from = today() - KEPT_DAYS;
    documents
        .find(tenant.value())
        .ifPresent(
            document ->
                document
                    .value()
                    .metrics()
                    .forEach(
                        (metric, said) -> {
                          if (said.day() >= from) {
                            known.put(metric, said.metadata());
                          }
                        }));
    return known;
  }

  private long today() {
    return clock.instant().atZone(ZoneOffset.UTC).toLocalDate().toEpochDay();
  }
}
