package io.aom.topology.head;

import io.aom.telemetry.TenantId;
import io.aom.topology.graph.GraphColumns;
import io.aom.topology.graph.TraceGroups;
import io.aom.topology.span.SpanTable;
import org.jspecify.annotations.Nullable;

/**
 * A segment's spans at one moment, with what is derived from them on demand and then kept: as long
 * as nothing is appended, queries share it. Safe for any number of threads.
 */
public final class SpanView {
  private final SpanTable table;
  private @Nullable TraceGroups groups;
  private GraphColumns @Nullable [] graph;

  SpanView(SpanTable table) {
    this.table = table;
  }

  public SpanTable table() {
    return table;
  }

  /** Rows by trace. */
  public synchronized TraceGroups groups() {
    TraceGroups made = groups;
    if (made == null) {
      made = TraceGroups.of(table);
      groups = made;
    }
    return made;
  }

  /** Calls of the tenant's services; null if it has no spans here. */
  public @Nullable GraphColumns graph(TenantId tenant) {
    int number = table.tenantNumber(tenant);
    return number < 0 ? null : graphs()[number];
  }

  private synchronized GraphColumns[] graphs() {
    GraphColumns[] made = graph;
    if (made == null) {
      made = GraphColumns.byTenant(table, groups());
      graph = made;
    }
    return made;
  }
}
