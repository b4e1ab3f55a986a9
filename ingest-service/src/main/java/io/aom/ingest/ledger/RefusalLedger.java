package io.aom.ingest.ledger;

import io.aom.ingest.intake.RefusalCounts;
import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Signal;
import io.aom.opensearch.OpenSearchRefusedException;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.DocumentVersion;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what was refused by tenant, signal, hour and reason, and writes the counts down now and
 * then, as a document for each hour of this process; so they survive it, but for the last moments
 * before a crash. Thread-safe.
 */
public final class RefusalLedger implements RefusalCounts {
  private static final Logger log = LoggerFactory.getLogger(RefusalLedger.class);
  private static final String ACTOR = "ingest";
  private static final long HOUR_MILLIS = 3_600_000;

  /** Hours that stay in memory after they are written; older ones are read from the documents. */
  private static final int KEPT_HOURS = 48;

  private record Key(String tenant, Signal signal, RefusalReason reason) {}

  /** An hour's refusals of one tenant and signal, by reason. */
  public record Refused(String tenant, Signal signal, long hour, Map<String, Long> reasons) {}

  /** What became of reading the documents; without them other processes' counts are missing. */
  public enum Documents {
    READ,
    /** OpenSearch has refused the question. */
    REFUSED,
    /** OpenSearch does not answer now. */
    AWAY
  }

  /** What was refused. */
  public record Answer(List<Refused> rows, Documents documents) {}

  private final DocumentStore<RefusalDocument> store;
  private final String epoch;
  private final Map<Long, Map<Key, LongAdder>> hours = new ConcurrentHashMap<>();
  private final Set<Long> unwritten = ConcurrentHashMap.newKeySet();
  private final Map<Long, DocumentVersion> versions = new HashMap<>();
  private boolean storeAway;

  /**
   * @param epoch names this process, differently from all others there were
   */
  public RefusalLedger(DocumentStore<RefusalDocument> store, String epoch) {
    this.store = store;
    this.epoch = epoch;
  }

  @Override
  public void refused(
      TenantId tenant, Signal signal, RefusalReason reason, long items, long timeMillis) {
    long hour = hour(timeMillis);
    hours
        .computeIfAbsent(hour, h -> new ConcurrentHashMap<>())
        .computeIfAbsent(new Key(tenant.value(), signal, reason), k -> new LongAdder())
        .add(items);
    unwritten.add(hour);
  }

  /** Writes down what is new; what cannot be written now is tried again next time. */
  public synchronized void flush() {
    for (Long hour : List.copyOf(unwritten)) {
      unwritten.remove(hour);
      try {
        write(hour);
        storeAway = false;
      } catch (OpenSearchUnavailableException | OpenSearchRefusedException e) {
        unwritten.add(hour);
        if (!storeAway) {
          log.warn("counts of refused items are not written down for now: {}", e.toString());
          storeAway = true;
        }
        return;
      }
    }
    forgetOld();
  }

  /** What all processes have refused in hours that overlap {@code [fromMillis, toMillis)}. */
  public Answer read(long fromMillis, long toMillis) {
    long first = hour(fromMillis);
    Map<String, Refused> merged = new HashMap<>();
    Documents documents = Documents.READ;
    try {
      DocumentQuery query =
          DocumentQuery.first(1000).notBefore("hour", first).before("hour", toMillis);
      for (Versioned<RefusalDocument> document : store.listAll(query)) {
        RefusalDocument value = document.value();
        // This process' own counts are newer in memory, as long as they are there.
        if (!value.epoch().equals(epoch) || !hours.containsKey(value.hour())) {
          value.rows().forEach(row -> add(merged, value.hour(), row));
        }
      }
    } catch (OpenSearchUnavailableException e) {
      log.debug("ledger without documents: {}", e.toString());
      documents = Documents.AWAY;
    } catch (OpenSearchRefusedException e) {
      log.warn("ledger without documents: {}", e.toString());
      documents = Documents.REFUSED;
    }
    for (Long hour : new TreeSet<>(hours.keySet())) {
      if (hour >= first && hour < toMillis) {
        rows(hour).forEach(row -> add(merged, hour, row));
      }
    }
    return new Answer(List.copyOf(merged.values()), documents);
  }

  private void write(long hour) {
    RefusalDocument document = new RefusalDocument(epoch, hour, rows(hour));
    String id = epoch + "-" + hour;
    DocumentVersion known = versions.get(hour);
    try {
      Versioned<RefusalDocument> written =
          known == null
              ? store.create(id, document, ACTOR)
              : store.replace(id, document, known, ACTOR);
      versions.put(hour, written.version());
    } catch (RejectedException e) {
      // An earlier write has arrived though its answer was lost; nobody else writes this document.
      store
          .find(id)
          .ifPresentOrElse(
              found ->
                  versions.put(hour, store.replace(id, document, found.version(), ACTOR).version()),
              () -> versions.put(hour, store.create(id, document, ACTOR).version()));
    }
  }

  private List<RefusalDocument.Row> rows(long hour) {
    List<RefusalDocument.Row> rows = new ArrayList<>();
    hours
        .getOrDefault(hour, Map.of())
        .forEach(
            (key, items) ->
                rows.add(
                    new RefusalDocument.Row(
                        key.tenant(), key.signal().label(), key.reason().label(), items.sum())));
    return rows;
  }

  private void forgetOld() {
    if (hours.size() <= KEPT_HOURS) {
      return;
    }
    for (Long hour : new TreeSet<>(hours.keySet()).headSet(newest() - KEPT_HOURS * HOUR_MILLIS)) {
      if (!unwritten.contains(hour)) {
        hours.remove(hour);
        versions.remove(hour);
      }
    }
  }

  private long newest() {
    return hours.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  private static void add(Map<String, Refused> merged, long hour, RefusalDocument.Row row) {
    for (Signal signal : Signal.values()) {
      if (signal.label().equals(row.signal())) {
        merged
            .computeIfAbsent(
                row.tenant() + "/" + row.signal() + "/" + hour,
                key -> new Refused(row.tenant(), signal, hour, new HashMap<>()))
            .reasons()
            .merge(row.reason(), row.items(), Long::sum);
      }
    }
  }

  private static long hour(long timeMillis) {
    return Math.floorDiv(timeMillis, HOUR_MILLIS) * HOUR_MILLIS;
  }
}
