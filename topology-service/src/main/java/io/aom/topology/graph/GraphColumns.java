package io.aom.topology.graph;

import io.aom.topology.span.SpanTable;
import java.util.Arrays;

/**
 * The columns {@code red} and {@code edges} of some spans.
 *
 * @param red see {@link RedColumn}
 * @param edges see {@link EdgesColumn}
 */
public record GraphColumns(byte[] red, byte[] edges) {

  /** Columns of all spans of each tenant, by the table's tenant numbers. */
  public static GraphColumns[] byTenant(SpanTable spans, TraceGroups groups) {
    int[] tenantOf = new int[spans.size()];
    Arrays.setAll(tenantOf, spans::tenant);
    return of(spans, Calls.of(spans, groups), tenantOf, spans.tenants());
  }

  /** Columns of the spans of each part: row {@code i} is in part {@code partOf[i]}. */
  public static GraphColumns[] of(SpanTable spans, Calls calls, int[] partOf, int parts) {
    int[] rowFrom = new int[parts + 1];
    int[] rows = sorted(partOf.length, parts, rowFrom, row -> partOf[row]);
    int[] callFrom = new int[parts + 1];
    int[] byPart = sorted(calls.size(), parts, callFrom, call -> partOf[calls.row(call)]);
    GraphColumns[] columns = new GraphColumns[parts];
    for (int part = 0; part < parts; part++) {
      columns[part] =
          new GraphColumns(
              RedColumn.write(spans, calls, rows, rowFrom[part], rowFrom[part + 1]),
              EdgesColumn.write(spans, calls, byPart, callFrom[part], callFrom[part + 1]));
    }
    return columns;
  }

  private interface PartOf {
    int part(int item);
  }

  /**
   * Numbers {@code [0, size)} by part, keeping their order; {@code from} gets each part's begin.
   */
  private static int[] sorted(int size, int parts, int[] from, PartOf partOf) {
    for (int item = 0; item < size; item++) {
      from[partOf.part(item) + 1]++;
    }
    for (int part = 0; part < parts; part++) {
      from[part + 1] += from[part];
    }
    int[] next = Arrays.copyOf(from, parts);
    int[] sorted = new int[size];
    for (int item = 0; item < size; item++) {
      sorted[next[partOf.part(item)]++] = item;
    }
    return sorted;
  }
}
