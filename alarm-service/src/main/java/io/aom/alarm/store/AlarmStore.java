package io.aom.alarm.store;

import io.aom.alarm.rule.Severity;
import io.aom.alarm.state.Alarm;
import io.aom.alarm.state.AlarmState;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentQuery.Page;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.TenantId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The alarms of all tenants. Safe for use by many threads. */
public final class AlarmStore {
  private static final String ACTOR = "alarm-service";
  private static final int PAGE = 500;

  private final DocumentStore<AlarmDocument> documents;

  public AlarmStore(DocumentStore<AlarmDocument> documents) {
    this.documents = documents;
  }

  /**
   * Which alarms a caller asks for; null for any.
   *
   * @param start alarms that had resolved before then are left out
   * @param end alarms that started then or later are left out
   */
  public record Filter(
      TenantId tenant,
      @Nullable AlarmState state,
      @Nullable Severity severity,
      @Nullable Instant start,
      @Nullable Instant end) {}

  /** The alarm, unless it is another tenant's. */
  public Optional<Alarm> find(TenantId tenant, String id) {
    return documents
        .find(id)
        .map(document -> document.value().toAlarm())
        .filter(alarm -> alarm.tenant().equals(tenant));
  }

  /** Alarms by start, newest first. */
  public Page<Alarm> list(Filter filter, @Nullable String cursor, int limit) {
    DocumentQuery query =
        DocumentQuery.first(limit)
            .where("tenant", filter.tenant().value())
            .sortedBy("startedAt", true)
            .after(cursor);
    AlarmState state = filter.state();
    Severity severity = filter.severity();
    Instant start = filter.start();
    Instant end = filter.end();
    query = state == null ? query : query.where("state", state.wireName());
    query = severity == null ? query : query.where("severity", severity.wireName());
    if (start != null) {
      // Of a resolved alarm, the last change is its end; any other goes on.
      query =
          query.notBeforeUnless(
              "changedAt",
              start.toEpochMilli(),
              "state",
              AlarmState.PENDING.wireName(),
              AlarmState.FIRING.wireName());
    }
    query = end == null ? query : query.before("startedAt", end.toEpochMilli());
    Page<AlarmDocument> page = documents.list(query);
    return new Page<>(page.documents().stream().map(AlarmStore::read).toList(), page.cursor());
  }

  /** The rule's alarms to which something can still happen. */
  public List<Versioned<Alarm>> unsettled(String ruleId) {
    return documents
        .listAll(DocumentQuery.first(PAGE).where("ruleId", ruleId).where("settled", "false"))
        .stream()
        .map(AlarmStore::read)
        .toList();
  }

  /** The rules that have alarms to which something can still happen. */
  public Set<String> rulesWithUnsettled() {
    Set<String> rules = new TreeSet<>();
    documents
        .listAll(DocumentQuery.first(PAGE).where("settled", "false"))
        .forEach(document -> rules.add(document.value().ruleId()));
    return rules;
  }

  /**
   * By fingerprint, when the rule's last alarm resolved, as far as that was at {@code since} on.
   */
  public Map<String, Instant> endedSince(String ruleId, Instant since) {
    Map<String, Instant> ended = new HashMap<>();
    documents
        .listAll(
            DocumentQuery.first(PAGE)
                .where("ruleId", ruleId)
                .where("state", AlarmState.RESOLVED.wireName())
                .notBefore("changedAt", since.toEpochMilli()))
        .forEach(
            document ->
                ended.merge(
                    document.value().fingerprint(),
                    Instant.ofEpochMilli(document.value().changedAt()),
                    (one, other) -> one.isAfter(other) ? one : other));
    return ended;
  }

  /**
   * @throws io.aom.telemetry.RejectedException with 409 if it is there already
   */
  public Versioned<Alarm> create(Alarm alarm) {
    return read(documents.create(alarm.id(), AlarmDocument.of(alarm), ACTOR));
  }

  /**
   * @throws io.aom.telemetry.RejectedException with 412 if somebody else has changed it
   */
  public Versioned<Alarm> replace(Versioned<Alarm> current, Alarm alarm) {
    return read(documents.replace(alarm.id(), AlarmDocument.of(alarm), current.version(), ACTOR));
  }

  /**
   * @throws io.aom.telemetry.RejectedException with 412 if somebody else has changed it
   */
  public void delete(Versioned<Alarm> current) {
    documents.delete(current.id(), current.version(), ACTOR);
  }

  private static Versioned<Alarm> read(Versioned<AlarmDocument> document) {
    return new Versioned<>(document.id(), document.value().toAlarm(), document.version());
  }
}
