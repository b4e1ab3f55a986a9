package io.aom.metrics.cardinality;

import io.aom.opensearch.OpenSearchRefusedException;
import io.aom.opensearch.documents.DocumentQuery;
import io.aom.opensearch.documents.DocumentStore;
import io.aom.opensearch.documents.DocumentVersion;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import io.aom.opensearch.documents.Versioned;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Refuses whatever is asked for one tenant. */
public final class RefusingUses implements DocumentStore<MetricUsesDocument> {
  private final InMemoryDocumentStore<MetricUsesDocument> documents =
      new InMemoryDocumentStore<>(MetricUsesDocument.TYPE);
  private final String tenant;

  public RefusingUses(String tenant) {
    this.tenant = tenant;
  }

  private InMemoryDocumentStore<MetricUsesDocument> unlessRefused(boolean refused) {
    if (refused) {
      throw new OpenSearchRefusedException(400, "no");
    }
    return documents;
  }

  private InMemoryDocumentStore<MetricUsesDocument> of(String id) {
    return unlessRefused(id.startsWith(tenant));
  }

  @Override
  public Optional<Versioned<MetricUsesDocument>> find(String id) {
    return of(id).find(id);
  }

  @Override
  public DocumentQuery.Page<MetricUsesDocument> list(DocumentQuery query) {
    return unlessRefused(query.anyOf().getOrDefault("tenant", List.of()).contains(tenant))
        .list(query);
  }

  @Override
  public Versioned<MetricUsesDocument> create(String id, MetricUsesDocument value, String actor) {
    return of(id).create(id, value, actor);
  }

  @Override
  public Versioned<MetricUsesDocument> replace(
      String id, MetricUsesDocument value, DocumentVersion expected, String actor) {
    return of(id).replace(id, value, expected, actor);
  }

  @Override
  public boolean delete(String id, @Nullable DocumentVersion expected, String actor) {
    return of(id).delete(id, expected, actor);
  }
}
