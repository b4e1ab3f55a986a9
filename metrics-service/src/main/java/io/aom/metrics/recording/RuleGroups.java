package io.aom.metrics.recording;

import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentQuery.Page;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.DocumentVersion;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The groups of all tenants, each change audited. Safe for use by many threads. */
public final class RuleGroups {
  private static final Logger LOG = LoggerFactory.getLogger(RuleGroups.class);
  private static final int PAGE = 500;

  private final DocumentStore<RuleGroupDocument> documents;
  private final DocumentStore<GroupState> states;
  private final Runnable changed;

  /**
   * @param changed called after each change
   */
  public RuleGroups(
      DocumentStore<RuleGroupDocument> documents,
      DocumentStore<GroupState> states,
      Runnable changed) {
    this.documents = documents;
    this.states = states;
    this.changed = changed;
  }

  /** By name. */
  public Page<RuleGroup> list(TenantId tenant, @Nullable String cursor, int limit) {
    Page<RuleGroupDocument> page =
        documents.list(
            DocumentQuery.first(limit)
                .where("tenant", tenant.value())
                .sortedBy("name", false)
                .after(cursor));
    return new Page<>(page.documents().stream().map(RuleGroups::read).toList(), page.cursor());
  }

  /** All of a tenant, by name. */
  public List<RuleGroup> all(TenantId tenant) {
    return documents
        .listAll(DocumentQuery.first(PAGE).where("tenant", tenant.value()).sortedBy("name", false))
        .stream()
        .map(document -> document.value().toGroup())
        .toList();
  }

  /** Of all tenants; one that cannot be read is left out, and said. */
  List<RuleGroup> everybodys() {
    return documents.listAll(DocumentQuery.first(PAGE)).stream()
        .flatMap(
            document -> {
              try {
                return Optional.of(document.value().toGroup()).stream();
              } catch (RejectedException e) {
                LOG.error("recording group={} cannot be read", document.id(), e);
                return Optional.<RuleGroup>empty().stream();
              }
            })
        .toList();
  }

  /**
   * @throws RejectedException with 404 if the tenant has no such group
   */
  public Versioned<RuleGroup> get(TenantId tenant, String id) {
    return documents
        .find(id)
        .filter(document -> document.value().tenant().equals(tenant.value()))
        .map(RuleGroups::read)
        .orElseThrow(
            () ->
                new RejectedException(
                    Problem.NOT_FOUND, "id: " + id + " (expected: a group that there is)"));
  }

  /** What became of a group; empty as long as it was not evaluated. */
  public Optional<GroupState> state(RuleGroup group) {
    return states.find(group.id()).map(Versioned::value);
  }

  /**
   * @throws RejectedException with 409 if there is a group of that name
   */
  public Versioned<RuleGroup> create(RuleGroup group, String actor) {
    Versioned<RuleGroup> stored =
        read(documents.create(group.id(), RuleGroupDocument.of(group), actor));
    changed.run();
    return stored;
  }

  /**
   * @throws RejectedException with 404 if there is no such group, 412 if it has changed since
   *     {@code expected}, 400 if its name would change
   */
  public Versioned<RuleGroup> replace(
      String id, RuleGroup group, DocumentVersion expected, String actor) {
    get(group.tenant(), id);
    if (!group.id().equals(id)) {
      throw Checks.wrong("name", group.name() + " (expected: the name it has; make another group)");
    }
    Versioned<RuleGroup> stored =
        read(documents.replace(id, RuleGroupDocument.of(group), expected, actor));
    changed.run();
    return stored;
  }

  /**
   * Removes a group; what it has recorded stays.
   *
   * @throws RejectedException with 404 if there is no such group, 412 if it has changed since
   *     {@code expected}
   */
  public void delete(TenantId tenant, String id, @Nullable DocumentVersion expected, String actor) {
    get(tenant, id);
    documents.delete(id, expected, actor);
    changed.run();
  }

  /** What an import did with a group. */
  public enum Imported {
    CREATED,
    REPLACED,
    UNCHANGED
  }

  /** Puts a group in the place of the one with its name, if there is one. */
  public Imported put(RuleGroup group, String actor) {
    Versioned<RuleGroupDocument> known = documents.find(group.id()).orElse(null);
    RuleGroupDocument next = RuleGroupDocument.of(group);
    if (known != null && known.value().equals(next)) {
      return Imported.UNCHANGED;
    }
    if (known == null) {
      documents.create(group.id(), next, actor);
    } else {
      documents.replace(group.id(), next, known.version(), actor);
    }
    changed.run();
    return known == null ? Imported.CREATED : Imported.REPLACED;
  }

  private static Versioned<RuleGroup> read(Versioned<RuleGroupDocument> document) {
    return new Versioned<>(document.id(), document.value().toGroup(), document.version());
  }
}
