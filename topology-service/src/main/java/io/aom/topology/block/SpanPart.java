package io.aom.topology.block;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.aom.telemetry.wire.ProtoWriter;
import io.aom.topology.column.ColumnReader;
import io.aom.topology.graph.TraceGroups;
import io.aom.topology.span.Otlp;
import io.aom.topology.span.RawSpan;
import io.aom.topology.span.ServiceName;
import io.aom.topology.span.SpanKind;
import io.aom.topology.span.SpanRows;
import io.aom.topology.span.SpanStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A stored part, read back. Built from its columns {@code traces}, {@code times} and {@code names},
 * with {@code ids} where ids are asked for. Immutable.
 */
public final class SpanPart implements SpanRows {
  /** No frame of a part holds more: its OTLP is bounded, its dictionaries are part of that. */
  private static final long MAX_CONTENT = 256L << 20;

  /** A row's service and operation as varints of 31 bits, and a byte. */
  private static final int NAMES_BYTES = 11;

  /** A block of 128 KiB takes 4 bytes at least; nothing unfolds further. */
  private static final int ZSTD_MOST = 1 << 15;

  private final long[] traceHigh;
  private final long[] traceLow;
  private final int[] traceOf;
  private final TraceGroups groups;
  private final long[] start;
  private final long[] duration;
  private final long[] spanId;
  private final long[] parentId;
  private final ServiceName[] services;
  private final String[] operations;
  private final int[] service;
  private final int[] operation;
  private final byte[] kindAndStatus;

  /**
   * @throws io.aom.topology.column.MalformedColumnException if a column is not what it should be
   */
  public SpanPart(Map<String, byte[]> columns) {
    ColumnReader in = column(columns, SpanColumns.TRACES);
    int traces = in.count();
    traceHigh = new long[traces];
    traceLow = new long[traces];
    long[] traceStart = new long[traces];
    int[] sizes = new int[traces];
    int size = 0;
    long previous = 0;
    for (int i = 0; i < traces; i++) {
      traceHigh[i] = in.i64();
      traceLow[i] = in.i64();
      previous += in.varint();
      traceStart[i] = previous;
      sizes[i] = in.below(SpanParts.MAX_ROWS + 1);
      size += sizes[i];
      if (sizes[i] == 0 || size > SpanParts.MAX_ROWS) {
        throw in.malformed(
            "spans: "
                + sizes[i]
                + " of a trace, "
                + size
                + " so far (expected: 1 or more, at most "
                + SpanParts.MAX_ROWS
                + ")");
      }
    }
    in.end();
    groups = TraceGroups.adjacent(sizes);
    traceOf = new int[size];
    for (int trace = 0; trace < traces; trace++) {
      Arrays.fill(traceOf, groups.from(trace), groups.from(trace + 1), trace);
    }
    start = new long[size];
    duration = new long[size];
    readTimes(column(columns, SpanColumns.TIMES), traceStart);
    in = column(columns, SpanColumns.NAMES);
    services = new ServiceName[in.count()];
    for (int i = 0; i < services.length; i++) {
      services[i] = new ServiceName(in.text(), in.text());
    }
    operations = new String[in.count()];
    for (int i = 0; i < operations.length; i++) {
      operations[i] = in.text();
    }
    service = new int[size];
    operation = new int[size];
    kindAndStatus = new byte[size];
    readNames(decompressed(SpanColumns.NAMES, in, (long) NAMES_BYTES * size));
    boolean hasIds = columns.containsKey(SpanColumns.IDS);
    spanId = new long[hasIds ? size : 0];
    parentId = new long[hasIds ? size : 0];
    if (hasIds) {
      readIds(column(columns, SpanColumns.IDS));
    }
  }

  private static ColumnReader column(Map<String, byte[]> columns, String name) {
    byte @Nullable [] bytes = columns.get(name);
    return ColumnReader.of(name, bytes == null ? new byte[0] : bytes, SpanColumns.VERSION);
  }

  private void readTimes(ColumnReader in, long[] traceStart) {
    for (int row = 0; row < start.length; row++) {
      start[row] = traceStart[traceOf[row]] + in.varint();
    }
    for (int row = 0; row < start.length; row++) {
      duration[row] = in.varint();
    }
    in.end();
  }

  private void readNames(ColumnReader in) {
    for (int row = 0; row < service.length; row++) {
      service[row] = in.below(services.length);
      operation[row] = in.below(operations.length);
      kindAndStatus[row] = (byte) in.u8();
    }
    in.end();
  }

  private void readIds(ColumnReader in) {
    for (int row = 0; row < spanId.length; row++) {
      spanId[row] = in.i64();
    }
    for (int row = 0; row < spanId.length; row++) {
      int first = groups.from(traceOf[row]);
      int code = in.below(groups.from(traceOf[row] + 1) - first + 2);
      parentId[row] =
          switch (code) {
            case 0 -> 0;
            case 1 -> in.i64();
            default -> spanId[first + code - 2];
          };
    }
    in.end();
  }

  /** What is compressed in the rest of a column; nothing is allocated that its frame denies. */
  private static ColumnReader decompressed(String name, ColumnReader in, long most) {
    long size = in.varint();
    int compressed = in.count();
    if (size < 0 || size > most) {
      throw in.malformed("content of " + size + " bytes (expected: at most " + most + ")");
    }
    int from = in.skip(compressed);
    in.end();
    long inFrame = Zstd.getFrameContentSize(in.bytes(), from, compressed);
    if (inFrame != size || size > (long) compressed * ZSTD_MOST) {
      throw in.malformed(
          "frame of " + compressed + " bytes for " + inFrame + " (expected: " + size + ")");
    }
    byte[] content = new byte[(int) size];
    try {
      long written =
          Zstd.decompressByteArray(content, 0, content.length, in.bytes(), from, compressed);
      if (written != size) {
        throw in.malformed("content of " + written + " bytes (expected: " + size + ")");
      }
    } catch (ZstdException e) {
      throw in.malformed("zstd: " + e.getMessage());
    }
    return ColumnReader.plain(name, content);
  }

  /** Rows by trace; traces are in the order of their first span. */
  public TraceGroups groups() {
    return groups;
  }

  /** The rows that {@code wanted} takes, as OTLP; needs {@code ids}. */
  public List<RawSpan> raw(byte[] detailColumn, IntPredicate wanted) {
    ColumnReader in =
        decompressed(
            SpanColumns.DETAIL,
            ColumnReader.of(SpanColumns.DETAIL, detailColumn, SpanColumns.VERSION),
            MAX_CONTENT);
    byte[][] resources = new byte[in.count()][];
    for (int i = 0; i < resources.length; i++) {
      resources[i] = in.blob();
    }
    byte[][] scopes = new byte[in.count()][];
    for (int i = 0; i < scopes.length; i++) {
      scopes[i] = in.blob();
    }
    List<RawSpan> found = new ArrayList<>();
    for (int row = 0; row < start.length; row++) {
      int resource = in.below(resources.length);
      int scope = in.below(scopes.length);
      int length = in.count();
      int from = in.skip(length);
      if (wanted.test(row)) {
        byte[] span = span(row, in.bytes(), from, length);
        found.add(new RawSpan(resources[resource], scopes[scope], span));
      }
    }
    in.end();
    return found;
  }

  private byte[] span(int row, byte[] rest, int from, int length) {
    ProtoWriter out = new ProtoWriter(length + 128);
    out.bytes(Otlp.SPAN_TRACE_ID, Otlp.bytes(traceHigh(row), traceLow(row)), 0, 16);
    out.bytes(Otlp.SPAN_SPAN_ID, Otlp.bytes(spanId[row]), 0, 8);
    if (parentId[row] != 0) {
      out.bytes(Otlp.SPAN_PARENT_ID, Otlp.bytes(parentId[row]), 0, 8);
    }
    out.string(Otlp.SPAN_NAME, operations[operation[row]]);
    out.varint(Otlp.SPAN_KIND, kindAndStatus[row] & 15);
    out.fixed64(Otlp.SPAN_START, start[row]);
    out.fixed64(Otlp.SPAN_END, start[row] + duration[row]);
    out.copy(rest, from, length);
    return out.toByteArray();
  }

  @Override
  public int size() {
    return start.length;
  }

  @Override
  public long traceHigh(int row) {
    return traceHigh[traceOf[row]];
  }

  @Override
  public long traceLow(int row) {
    return traceLow[traceOf[row]];
  }

  @Override
  public long spanId(int row) {
    return spanId[row];
  }

  @Override
  public long parentId(int row) {
    return parentId[row];
  }

  @Override
  public long startNanos(int row) {
    return start[row];
  }

  @Override
  public long durationNanos(int row) {
    return duration[row];
  }

  @Override
  public SpanKind kind(int row) {
    return SpanKind.of(kindAndStatus[row] & 15);
  }

  @Override
  public SpanStatus status(int row) {
    return SpanStatus.of(kindAndStatus[row] >> 4);
  }

  @Override
  public int service(int row) {
    return service[row];
  }

  @Override
  public int services() {
    return services.length;
  }

  @Override
  public ServiceName serviceName(int number) {
    return services[number];
  }

  @Override
  public int operation(int row) {
    return operation[row];
  }

  @Override
  public int operations() {
    return operations.length;
  }

  @Override
  public String operationName(int number) {
    return operations[number];
  }
}
