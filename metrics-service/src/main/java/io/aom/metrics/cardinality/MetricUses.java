package io.aom.metrics.cardinality;

import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * On which day each metric was last queried. Noting costs a look into a map; what is new is saved
 * by {@link #save}, so that a crash forgets the queries since then. Safe for concurrent use.
 */
public final class MetricUses {
  private static final Logger LOG = LoggerFactory.getLogger(MetricUses.class);
  private static final String ACTOR = "metrics-service";
  private static final int PAGE = 500;

  /** Names noted of one tenant; a query may name metrics that there are not. */
  static final int MAX_METRICS = 50_000;

  private final DocumentStore<MetricUsesDocument> documents;
  private final int ordinal;
  private final InstantSource clock;
  private final Map<TenantId, Map<String, Long>> notedDays = new ConcurrentHashMap<>();
  private final Map<TenantId, Integer> saved = new ConcurrentHashMap<>();

  /**
   * @param ordinal of this member; each saves what it was asked itself
   */
  public MetricUses(DocumentStore<MetricUsesDocument> documents, int ordinal, InstantSource clock) {
    this.documents = documents;
    this.ordinal = ordinal;
    this.clock = clock;
  }

  /**
   * What is known of a tenant's queries.
   *
   * @param since from when on queries were noted
   * @param lastDays UTC day on which each metric was last queried
   */
  public record Known(Instant since, Map<String, LocalDate> lastDays) {}

  /** Notes that a query has asked for a metric. */
  public void note(TenantId tenant, String metric) {
    long today = today();
    Map<String, Long> days = days(tenant);
    Long noted = days.get(metric);
    if (noted == null ? days.size() < MAX_METRICS : noted < today) {
      days.put(metric, today);
    }
  }

  private Map<String, Long> days(TenantId tenant) {
    return notedDays.computeIfAbsent(tenant, t -> new ConcurrentHashMap<>());
  }

  private long today() {
    return clock.instant().atZone(ZoneOffset.UTC).toLocalDate().toEpochDay();
  }

  /** Saves what was noted since the last time; what cannot be saved now is tried again then. */
  public void save() {
    notedDays.forEach(
        (tenant, days) -> {
          Map<String, Long> copy = new HashMap<>(days);
          if (Integer.valueOf(copy.hashCode()).equals(saved.get(tenant))) {
            return;
          }
          try {
            save(tenant, copy);
            saved.put(tenant, copy.hashCode());
          } catch (OpenSearchUnavailableException | RejectedException e) {
            LOG.warn("tenant={} queried metrics not saved yet: {}", tenant, e.getMessage());
          }
        });
  }

  private void save(TenantId tenant, Map<String, Long> days) {
    String id = tenant.value() + "-" + ordinal;
    Versioned<MetricUsesDocument> before = documents.find(id).orElse(null);
    if (before == null) {
      documents.create(id, new MetricUsesDocument(tenant.value(), clock.millis(), days), ACTOR);
      return;
    }
    Map<String, Long> merged = new HashMap<>(before.value().days());
    days.forEach((metric, day) -> merged.merge(metric, day, Math::max));
    MetricUsesDocument now =
        new MetricUsesDocument(tenant.value(), before.value().sinceMillis(), merged);
    if (!now.equals(before.value())) {
      documents.replace(id, now, before.version(), ACTOR);
    }
  }

  /**
   * What all members have saved, and this one has noted. Of a tenant that has never queried, it is
   * known from the first time on that this is asked.
   */
  public Known known(TenantId tenant) {
    Map<String, Long> days = new HashMap<>(days(tenant));
    long since = clock.millis();
    for (Versioned<MetricUsesDocument> member :
        documents.listAll(DocumentQuery.first(PAGE).where("tenant", tenant.value()))) {
      since = Math.min(since, member.value().sinceMillis());
      member.value().days().forEach((metric, day) -> days.merge(metric, day, Math::max));
    }
    Map<String, LocalDate> lastDays = new HashMap<>();
    days.forEach((metric, day) -> lastDays.put(metric, LocalDate.ofEpochDay(day)));
    return new Known(Instant.ofEpochMilli(since), lastDays);
  }
}
