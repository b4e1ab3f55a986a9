package io.aom.metrics.cardinality;

import io.aom.opensearch.OpenSearchRefusedException;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * On which day each metric was last queried, of late. Noting costs a look into a map; what is new
 * is saved by {@link #save}, so that a crash forgets the queries since then. Safe for concurrent
 * use.
 */
public final class MetricUses {
  private static final Logger LOG = LoggerFactory.getLogger(MetricUses.class);
  private static final String ACTOR = "metrics-service";
  private static final int PAGE = 500;

  /** A metric that was last queried longer ago is as one that never was, and is forgotten. */
  public static final Duration UNUSED_AFTER = Duration.ofDays(30);

  /**
   * Names noted of one tenant, and saved by one member; a query may name metrics that there are
   * not. Of more those are saved that were queried last.
   */
  static final int MAX_METRICS = 50_000;

  private static final Comparator<Map.Entry<String, Long>> NEWEST =
      Map.Entry.<String, Long>comparingByValue()
          .reversed()
          .thenComparing(Map.Entry.comparingByKey());

  private final DocumentStore<MetricUsesDocument> documents;
  private final int ordinal;
  private final InstantSource clock;
  private final Map<TenantId, Map<String, Long>> notedDays = new ConcurrentHashMap<>();

  /** Tenants of which something is not saved yet. */
  private final Set<TenantId> changed = ConcurrentHashMap.newKeySet();

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
   * @param lastDays UTC day on which each metric was last queried, within {@link #UNUSED_AFTER}
   */
  public record Known(Instant since, Map<String, LocalDate> lastDays) {}

  /** Notes that a query has asked for a metric. */
  public void note(TenantId tenant, String metric) {
    long today = today();
    Map<String, Long> days = days(tenant);
    Long noted = days.get(metric);
    if (noted == null ? days.size() < MAX_METRICS : noted < today) {
      days.put(metric, today);
      changed.add(tenant); // after what has changed, so that it is saved now or the next time
    }
  }

  private Map<String, Long> days(TenantId tenant) {
    Map<String, Long> days = notedDays.get(tenant);
    if (days != null) {
      return days;
    }
    days = notedDays.computeIfAbsent(tenant, t -> new ConcurrentHashMap<>());
    changed.add(tenant);
    return days;
  }

  private long today() {
    return day(clock.instant());
  }

  private static long day(Instant time) {
    return time.atZone(ZoneOffset.UTC).toLocalDate().toEpochDay();
  }

  /** Says whether there were some. */
  private boolean forgetUnused(Map<String, Long> days) {
    long first = day(clock.instant().minus(UNUSED_AFTER));
    return days.values().removeIf(day -> day < first);
  }

  /** Saves what was noted since the last time; what cannot be saved now is tried again then. */
  public void save() {
    notedDays.forEach(
        (tenant, days) -> {
          boolean forgotten = forgetUnused(days);
          if (!changed.remove(tenant) && !forgotten) {
            return;
          }
          boolean saved = false;
          try {
            save(tenant, new HashMap<>(days));
            saved = true;
          } catch (OpenSearchUnavailableException
              | OpenSearchRefusedException
              | RejectedException e) {
            LOG.warn("tenant={} queried metrics not saved yet: {}", tenant, e.getMessage());
          } finally {
            if (!saved) {
              changed.add(tenant);
            }
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
    forgetUnused(merged);
    MetricUsesDocument now =
        new MetricUsesDocument(tenant.value(), before.value().sinceMillis(), newest(merged));
    if (!now.equals(before.value())) {
      documents.replace(id, now, before.version(), ACTOR);
    }
  }

  private static Map<String, Long> newest(Map<String, Long> days) {
    return days.size() <= MAX_METRICS
        ? days
        : days.entrySet().stream()
            .sorted(NEWEST)
            .limit(MAX_METRICS)
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
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
    forgetUnused(days);
    Map<String, LocalDate> lastDays = new HashMap<>();
    days.forEach((metric, day) -> lastDays.put(metric, LocalDate.ofEpochDay(day)));
    return new Known(Instant.ofEpochMilli(since), lastDays);
  }
}
