package io.aom.alarm.store;

import io.aom.alarm.rule.AlarmRule;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentQuery.Page;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.DocumentVersion;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.TenantId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The rules of all tenants. Each change is audited. Safe for use by many threads. */
public final class RuleStore {
  private static final int PAGE = 500;

  private final DocumentStore<RuleDocument> documents;

  public RuleStore(DocumentStore<RuleDocument> documents) {
    this.documents = documents;
  }

  /** The rule, unless it is another tenant's. */
  public Optional<Versioned<AlarmRule>> find(TenantId tenant, String id) {
    return documents
        .find(id)
        .filter(document -> document.value().tenant().equals(tenant.value()))
        .map(RuleStore::read);
  }

  public Page<AlarmRule> list(TenantId tenant, @Nullable String cursor, int limit) {
    Page<RuleDocument> page =
        documents.list(
            DocumentQuery.first(limit)
                .where("tenant", tenant.value())
                .sortedBy("name", false)
                .after(cursor));
    return new Page<>(page.documents().stream().map(RuleStore::read).toList(), page.cursor());
  }

  /** Every rule of every tenant. */
  public List<AlarmRule> listAll() {
    return documents.listAll(DocumentQuery.first(PAGE)).stream()
        .map(document -> document.value().toRule())
        .toList();
  }

  public Versioned<AlarmRule> create(AlarmRule rule, String actor) {
    return read(documents.create(rule.id(), RuleDocument.of(rule), actor));
  }

  public Versioned<AlarmRule> replace(AlarmRule rule, DocumentVersion expected, String actor) {
    return read(documents.replace(rule.id(), RuleDocument.of(rule), expected, actor));
  }

  public boolean delete(String id, @Nullable DocumentVersion expected, String actor) {
    return documents.delete(id, expected, actor);
  }

  private static Versioned<AlarmRule> read(Versioned<RuleDocument> document) {
    return new Versioned<>(document.id(), document.value().toRule(), document.version());
  }
}
