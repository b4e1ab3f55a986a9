package io.aom.topology.block;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.aom.blockstore.BlockPart;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.topology.block.SpanParts.Run;
import io.aom.topology.column.ColumnWriter;
import io.aom.topology.graph.GraphColumns;
import io.aom.topology.span.Otlp;
import io.aom.topology.span.SpanStatus;
import io.aom.topology.span.SpanTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes the columns and terms of one part. Not thread-safe; one serves many parts. */
final class SpanPartWriter implements AutoCloseable {
  private static final int ZSTD_LEVEL = 1;

  private final SpanTable spans;
  private final ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(ZSTD_LEVEL);
  private final ProtoReader reader = new ProtoReader(new byte[0]);
  private final ColumnWriter details = new ColumnWriter(1 << 20);
  private final ColumnWriter detail = new ColumnWriter(1 << 12);

  SpanPartWriter(SpanTable spans) {
    this.spans = spans;
  }

  @Override
  public void close() {
    zstd.close();
  }

  BlockPart write(List<Run> runs, GraphColumns graph) {
    int[] rows = rows(runs);
    Names services = new Names();
    Names operations = new Names();
    Map<String, byte[]> columns = new HashMap<>();
    columns.put(SpanColumns.TRACES, traces(runs));
    columns.put(SpanColumns.IDS, ids(runs, rows.length));
    columns.put(SpanColumns.TIMES, times(runs, rows.length));
    columns.put(SpanColumns.NAMES, names(rows, services, operations));
    columns.put(SpanColumns.DETAIL, detail(rows));
    columns.put(SpanColumns.RED, graph.red());
    columns.put(SpanColumns.EDGES, graph.edges());
    long start = Long.MAX_VALUE;
    long end = 0;
    for (int row : rows) {
      start = Math.min(start, spans.startNanos(row));
      end = Math.max(end, spans.startNanos(row));
    }
    return new BlockPart(
        spans.tenantName(runs.getFirst().tenant()),
        start / 1_000_000,
        end / 1_000_000,
        rows.length,
        terms(runs, rows, services, operations),
        columns);
  }

  private static int[] rows(List<Run> runs) {
    int size = 0;
    for (Run run : runs) {
      size += run.rows().length;
    }
    int[] rows = new int[size];
    int at = 0;
    for (Run run : runs) {
      System.arraycopy(run.rows(), 0, rows, at, run.rows().length);
      at += run.rows().length;
    }
    return rows;
  }

  private static byte[] traces(List<Run> runs) {
    ColumnWriter out = new ColumnWriter(SpanColumns.VERSION, 32 * runs.size() + 16);
    out.varint(runs.size());
    long previous = 0;
    for (Run run : runs) {
      out.i64(run.traceHigh()).i64(run.traceLow());
      out.varint(run.startNanos() - previous).varint(run.rows().length);
      previous = run.startNanos();
    }
    return out.finish();
  }

  private byte[] ids(List<Run> runs, int size) {
    ColumnWriter out = new ColumnWriter(SpanColumns.VERSION, 12 * size + 16);
    for (Run run : runs) {
      for (int row : run.rows()) {
        out.i64(spans.spanId(row));
      }
    }
    for (Run run : runs) {
      for (int row : run.rows()) {
        long parent = spans.parentId(row);
        int at = parent == 0 ? -1 : near(run.rows(), parent);
        if (parent == 0) {
          out.varint(0);
        } else if (at < 0) {
          out.varint(1).i64(parent);
        } else {
          out.varint(at + 2L);
        }
      }
    }
    return out.finish();
  }

  /** Where among a trace's first spans the parent is; -1 if it is not there. */
  private int near(int[] rows, long parent) {
    int last = Math.min(rows.length, 64);
    for (int at = 0; at < last; at++) {
      if (spans.spanId(rows[at]) == parent) {
        return at;
      }
    }
    return -1;
  }

  private byte[] times(List<Run> runs, int size) {
    ColumnWriter out = new ColumnWriter(SpanColumns.VERSION, 10 * size + 16);
    for (Run run : runs) {
      for (int row : run.rows()) {
        out.varint(spans.startNanos(row) - run.startNanos());
      }
    }
    for (Run run : runs) {
      for (int row : run.rows()) {
        out.varint(spans.durationNanos(row));
      }
    }
    return out.finish();
  }

  private byte[] names(int[] rows, Names services, Names operations) {
    ColumnWriter refs = new ColumnWriter(4 * rows.length + 16);
    for (int row : rows) {
      refs.varint(services.number(spans.service(row)));
      refs.varint(operations.number(spans.operation(row)));
      refs.u8(spans.kindAndStatus(row));
    }
    ColumnWriter out = new ColumnWriter(SpanColumns.VERSION, refs.size() + 1024);
    out.varint(services.size());
    for (int service : services.all()) {
      out.text(spans.serviceName(service).namespace()).text(spans.serviceName(service).name());
    }
    out.varint(operations.size());
    for (int operation : operations.all()) {
      out.text(spans.operationName(operation));
    }
    compressed(out, refs);
    return out.finish();
  }

  private byte[] detail(int[] rows) {
    Names resources = new Names();
    Names scopes = new Names();
    details.clear();
    for (int row : rows) {
      details.varint(resources.number(spans.resource(row)));
      details.varint(scopes.number(spans.scope(row)));
      rest(row);
      details.varint(detail.size()).raw(detail.array(), 0, detail.size());
    }
    ColumnWriter head = new ColumnWriter(4096);
    head.varint(resources.size());
    for (int resource : resources.all()) {
      head.blob(spans.resourceBytes(resource));
    }
    head.varint(scopes.size());
    for (int scope : scopes.all()) {
      head.blob(spans.scopeBytes(scope));
    }
    head.raw(details.array(), 0, details.size());
    ColumnWriter out = new ColumnWriter(SpanColumns.VERSION, head.size() / 4 + 64);
    compressed(out, head);
    return out.finish();
  }

  /** The fields of a span that no other column holds, as they stand. */
  private void rest(int row) {
    detail.clear();
    byte[] bytes = spans.value(row);
    int from = spans.offset(row);
    reader.reset(bytes, from, from + spans.length(row));
    int kept = from;
    while (reader.next()) {
      boolean elsewhere =
          switch (reader.field()) {
            case Otlp.SPAN_TRACE_ID,
                Otlp.SPAN_SPAN_ID,
                Otlp.SPAN_PARENT_ID,
                Otlp.SPAN_NAME,
                Otlp.SPAN_KIND,
                Otlp.SPAN_START,
                Otlp.SPAN_END ->
                true;
            default -> false;
          };
      int start = reader.tagStart();
      reader.skip();
      if (elsewhere) {
        detail.raw(bytes, kept, start - kept);
        kept = reader.position();
      }
    }
    detail.raw(bytes, kept, from + spans.length(row) - kept);
  }

  /** Size as it was, size compressed, and a zstd frame. */
  private void compressed(ColumnWriter out, ColumnWriter content) {
    byte[] frame = new byte[(int) Zstd.compressBound(content.size())];
    int size = zstd.compressByteArray(frame, 0, frame.length, content.array(), 0, content.size());
    out.varint(content.size()).varint(size).raw(frame, 0, size);
  }

  private List<String> terms(List<Run> runs, int[] rows, Names services, Names operations) {
    Set<String> terms = new LinkedHashSet<>();
    for (Run run : runs) {
      terms.add(SpanTerms.trace(spans.traceId(run.rows()[0])));
    }
    for (int service : services.all()) {
      terms.addAll(SpanTerms.service(spans.serviceName(service)));
    }
    for (int operation : operations.all()) {
      terms.add(SpanTerms.operation(spans.operationName(operation)));
    }
    for (SpanStatus status : SpanStatus.values()) {
      if (Arrays.stream(rows).anyMatch(row -> spans.status(row) == status)) {
        terms.add(SpanTerms.status(status));
      }
    }
    AttributeTerms attributes = new AttributeTerms();
    Names resources = new Names();
    for (int row : rows) {
      attributes.add(spans.value(row), spans.offset(row), spans.length(row), Otlp.SPAN_ATTRIBUTES);
      resources.number(spans.resource(row));
    }
    for (int resource : resources.all()) {
      byte[] bytes = spans.resourceBytes(resource);
      attributes.add(bytes, 0, bytes.length, Otlp.RESOURCE_ATTRIBUTES);
    }
    terms.addAll(attributes.terms());
    return List.copyOf(terms);
  }

  /** Numbers of the table, numbered anew in the order in which the part has them. */
  private static final class Names {
    private int[] numbers = new int[64];
    private final List<Integer> all = new ArrayList<>();

    int number(int inTable) {
      if (inTable >= numbers.length) {
        numbers = Arrays.copyOf(numbers, Math.max(inTable + 1, numbers.length * 2));
      }
      if (numbers[inTable] == 0) {
        all.add(inTable);
        numbers[inTable] = all.size();
      }
      return numbers[inTable] - 1;
    }

    int size() {
      return all.size();
    }

    List<Integer> all() {
      return all;
    }
  }
}
