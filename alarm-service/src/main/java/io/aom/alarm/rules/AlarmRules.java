package io.aom.alarm.rules;

import io.aom.alarm.query.ConditionQueries;
import io.aom.alarm.rule.AlarmRule;
import io.aom.alarm.store.RuleStore;
import io.aom.opensearch.documents.DocumentQuery.Page;
import io.aom.opensearch.documents.DocumentVersion;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads and changes the rules of a tenant; a changed rule is tried first, and evaluated soon after.
 * Safe for use by many threads.
 */
public final class AlarmRules {
  private final RuleStore store;
  private final ConditionCheck check;
  private final Runnable changed;

  /**
   * @param changed called after each change
   */
  public AlarmRules(
      RuleStore store, ConditionQueries queries, InstantSource clock, Runnable changed) {
    this.store = store;
    this.check = new ConditionCheck(queries, clock);
    this.changed = changed;
  }

  public Page<AlarmRule> list(TenantId tenant, @Nullable String cursor, int limit) {
    return store.list(tenant, cursor, limit);
  }

  /**
   * @throws RejectedException with 404 if the tenant has no such rule
   */
  public Versioned<AlarmRule> get(TenantId tenant, String id) {
    return store
        .find(tenant, id)
        .orElseThrow(
            () ->
                new RejectedException(
                    Problem.NOT_FOUND, "id: " + id + " (expected: a rule that there is)"));
  }

  /**
   * @throws RejectedException with 400 if its condition cannot be evaluated
   */
  public Versioned<AlarmRule> create(AlarmRule rule, String actor) {
    check.check(rule);
    Versioned<AlarmRule> stored = store.create(rule, actor);
    changed.run();
    return stored;
  }

  /**
   * @throws RejectedException with 404 if there is no such rule, 412 if it has changed since {@code
   *     expected}, 400 if its condition cannot be evaluated
   */
  public Versioned<AlarmRule> replace(AlarmRule rule, DocumentVersion expected, String actor) {
    get(rule.tenant(), rule.id());
    check.check(rule);
    Versioned<AlarmRule> stored = store.replace(rule, expected, actor);
    changed.run();
    return stored;
  }

  /**
   * Deletes a rule; its alarms are resolved.
   *
   * @throws RejectedException with 404 if there is no such rule, 412 if it has changed since {@code
   *     expected}
   */
  public void delete(TenantId tenant, String id, @Nullable DocumentVersion expected, String actor) {
    get(tenant, id);
    store.delete(id, expected, actor);
    changed.run();
  }
}
