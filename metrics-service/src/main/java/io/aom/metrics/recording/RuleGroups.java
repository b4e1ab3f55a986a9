package io.aom.metrics.recording;

import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentQuery.Page;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.DocumentVersion;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private final int maxGroups;
  private final Runnable changed;

  /** All that was read last; reading a group means parsing each of its expressions. */
  private volatile Map<String, Versioned<Optional<RuleGroup>>> read = Map.of();

  /**
   * @param maxGroups most groups of a tenant
   * @param changed called after each change
   */
  public RuleGroups(
      DocumentStore<RuleGroupDocument> documents,
      DocumentStore<GroupState> states,
      int maxGroups,
      Runnable changed) {
    this.documents = documents;
    this.states = states;
    this.maxGroups = maxGroups;
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
    return documentsOf(tenant).stream().map(document -> document.value().toGroup()).toList();
  }

  private List<Versioned<RuleGroupDocument>> documentsOf(TenantId tenant) {
    return documents.listAll(
        DocumentQuery.first(PAGE).where("tenant", tenant.value()).sortedBy("name", false));
  }

  /** By id, of all tenants; empty for one that is there and cannot be read, which is said. */
  Map<String, Optional<RuleGroup>> everybodys() {
    Map<String, Optional<RuleGroup>> groups = new HashMap<>();
    Map<String, Versioned<Optional<RuleGroup>>> all = new HashMap<>();
    for (Versioned<RuleGroupDocument> document : documents.listAll(DocumentQuery.first(PAGE))) {
      Versioned<Optional<RuleGroup>> before = read.get(document.id());
      Versioned<Optional<RuleGroup>> now =
          before != null && before.version().equals(document.version())
              ? before
              : new Versioned<>(document.id(), readable(document), document.version());
      all.put(document.id(), now);
      groups.put(document.id(), now.value());
    }
    read = all;
    return groups;
  }

  private static Optional<RuleGroup> readable(Versioned<RuleGroupDocument> document) {
    try {
      return Optional.of(document.value().toGroup());
    } catch (RejectedException e) {
      LOG.error("recording group={} cannot be read", document.id(), e);
      return Optional.empty();
    }
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

  /** The same of several, by the group's id. */
  public Map<String, GroupState> states(List<RuleGroup> groups) {
    Map<String, GroupState> found = new HashMap<>();
    states
        .find(groups.stream().map(RuleGroup::id).toList())
        .forEach((id, state) -> found.put(id, state.value()));
    return found;
  }

  /**
   * @throws RejectedException with 409 if there is a group of that name, 422 if there are as many
   *     groups as may be
   */
  public Versioned<RuleGroup> create(RuleGroup group, String actor) {
    checkCount(documentsOf(group.tenant()).size() + 1);
    Versioned<RuleGroup> stored = read(add(group, actor));
    changed.run();
    return stored;
  }

  private void checkCount(int groups) {
    if (groups > maxGroups) {
      throw new RejectedException(
          Problem.UNPROCESSABLE,
          "recording rules: " + groups + " groups (expected: at most " + maxGroups + ")");
    }
  }

  /** It begins anew, also if there was one of its name whose end no member has seen. */
  private Versioned<RuleGroupDocument> add(RuleGroup group, String actor) {
    Versioned<RuleGroupDocument> added =
        documents.create(group.id(), RuleGroupDocument.of(group), actor);
    states.delete(group.id(), null, actor);
    return added;
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

  /**
   * Puts each group in the place of the one with its name, if there is one.
   *
   * @param groups of one tenant, each name once
   * @return what was done with each
   * @throws RejectedException with 422 and nothing changed if there would be too many groups; with
   *     409 or 412 if somebody else changes one meanwhile, those before it being done
   */
  public List<Imported> put(TenantId tenant, List<RuleGroup> groups, String actor) {
    Map<String, Versioned<RuleGroupDocument>> known = new HashMap<>();
    documentsOf(tenant).forEach(document -> known.put(document.id(), document));
    long added = groups.stream().filter(group -> !known.containsKey(group.id())).count();
    if (added > 0) {
      checkCount(known.size() + (int) added);
    }
    try {
      return groups.stream().map(group -> put(group, known.get(group.id()), actor)).toList();
    } finally {
      changed.run();
    }
  }

  private Imported put(
      RuleGroup group, @Nullable Versioned<RuleGroupDocument> known, String actor) {
    if (known == null) {
      add(group, actor);
      return Imported.CREATED;
    }
    RuleGroupDocument next = RuleGroupDocument.of(group);
    if (known.value().equals(next)) {
      return Imported.UNCHANGED;
    }
    documents.replace(group.id(), next, known.version(), actor);
    return Imported.REPLACED;
  }

  private static Versioned<RuleGroup> read(Versioned<RuleGroupDocument> document) {
    return new Versioned<>(document.id(), document.value().toGroup(), document.version());
  }
}
