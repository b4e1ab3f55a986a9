package io.aom.logs.block;

import io.aom.logs.row.AnyValues;
import io.aom.logs.row.ByteSlice;
import io.aom.logs.row.ResourceAttributes;
import io.aom.logs.row.RowView;
import io.aom.logs.row.Severity;
import io.aom.telemetry.wire.MalformedWireException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one block part. A column is decoded when something in it is first asked for, so a
 * query fetches only the columns it needs; asking for what was not fetched is a mistake of the
 * caller ({@link IllegalStateException}).
 *
 * <p>Every method may throw {@link CorruptColumnException}. Not thread-safe.
 */
public final class LogPart implements RowView {
  /** Columns that say when and where each row is. */
  public static final String TIME = LogColumns.TIME;

  public static final String OBSERVED = LogColumns.OBSERVED;
  public static final String SEVERITY = LogColumns.SEVERITY;
  public static final String RESOURCE = LogColumns.RESOURCE;
  public static final String SCOPE = LogColumns.SCOPE;
  public static final String BODY = LogColumns.BODY;
  public static final String ATTRIBUTES = LogColumns.ATTRIBUTES;
  public static final String TRACE = LogColumns.TRACE;
  public static final String ORIGIN = LogColumns.ORIGIN;
  public static final String STATS = LogColumns.STATS;

  private final int rows;
  private final Map<String, byte[]> columns;
  private long @Nullable [] times;
  private long @Nullable [] observed;
  private @Nullable Severities severities;
  private @Nullable Dictionary resources;
  private @Nullable Dictionary scopes;
  private @Nullable Sized bodies;
  private @Nullable Sized attributes;
  private @Nullable Traces traces;
  private @Nullable Origins origins;
  private int row;

  /**
   * @param rows how many rows the part has
   * @param columns the columns that were fetched
   */
  public LogPart(int rows, Map<String, byte[]> columns) {
    this.rows = rows;
    this.columns = columns;
  }

  public int rows() {
    return rows;
  }

  public void moveTo(int newRow) {
    if (newRow < 0 || newRow >= rows) {
      throw new IndexOutOfBoundsException("row: " + newRow + " (expected: 0.." + (rows - 1) + ")");
    }
    row = newRow;
  }

  private ColumnReader open(String name) {
    byte[] bytes = columns.get(name);
    if (bytes == null) {
      throw new IllegalStateException("column: " + name + " (expected: fetched)");
    }
    return ColumnReader.open(name, bytes);
  }

  /** Opens a column that begins with the number of rows. */
  private ColumnReader openRows(String name) {
    ColumnReader reader = open(name);
    int count = reader.count(1); // each row takes a byte at least, in every column
    if (count != rows) {
      throw new CorruptColumnException(
          "column " + name + ": rows " + count + " (expected: " + rows + ")");
    }
    return reader;
  }

  @Override
  public long timeNanos() {
    return times()[row];
  }

  private long[] times() {
    long[] decoded = times;
    if (decoded == null) {
      ColumnReader reader = openRows(LogColumns.TIME);
      long unit = reader.varint();
      decoded = new long[rows];
      long previous = 0;
      for (int i = 0; i < rows; i++) {
        previous += reader.zigzag();
        decoded[i] = previous * unit;
      }
      times = decoded;
    }
    return decoded;
  }

  @Override
  public long observedNanos() {
    long[] decoded = observed;
    if (decoded == null) {
      ColumnReader reader = openRows(LogColumns.OBSERVED);
      long unit = reader.varint();
      decoded = new long[rows];
      long previous = 0;
      for (int i = 0; i < rows; i++) {
        long coded = reader.varint();
        if (coded != 0) {
          long zigzag = coded - 1;
          previous += zigzag >>> 1 ^ -(zigzag & 1);
          decoded[i] = previous * unit;
        }
      }
      observed = decoded;
    }
    return decoded[row];
  }

  private record Severities(byte[] numbers, byte[][] texts, int[] textRefs) {}

  @Override
  public int severityNumber() {
    return severities().numbers[row];
  }

  private Severities severities() {
    Severities decoded = severities;
    if (decoded == null) {
      ColumnReader reader = openRows(LogColumns.SEVERITY);
      int start = reader.advance(rows);
      byte[] numbers = Arrays.copyOfRange(reader.content(), start, start + rows);
      byte[][] texts = entries(reader);
      decoded = new Severities(numbers, texts, refs(reader, texts.length));
      severities = decoded;
    }
    return decoded;
  }

  private static byte[][] entries(ColumnReader reader) {
    byte[][] entries = new byte[reader.count(1)][];
    for (int i = 0; i < entries.length; i++) {
      int length = reader.count(1);
      int start = reader.advance(length);
      entries[i] = Arrays.copyOfRange(reader.content(), start, start + length);
    }
    return entries;
  }

  private int[] refs(ColumnReader reader, int limit) {
    int[] refs = new int[rows];
    for (int i = 0; i < rows; i++) {
      refs[i] = reader.below(limit);
    }
    return refs;
  }

  @Override
  public void severityText(ByteSlice text) {
    Severities decoded = severities();
    byte[] found = decoded.texts[decoded.textRefs[row]];
    text.set(found, 0, found.length);
  }

  /** Distinct entries and, by row, which one. */
  private record Dictionary(ResourceAttributes[] entries, int[] refs) {}

  private Dictionary dictionary(String name, Function<byte[], ResourceAttributes> read) {
    ColumnReader reader = openRows(name);
    byte[][] bytes = entries(reader);
    ResourceAttributes[] entries = new ResourceAttributes[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      try {
        entries[i] = read.apply(bytes[i]);
      } catch (MalformedWireException e) {
        throw new CorruptColumnException("column " + name + ": " + e.getMessage(), e);
      }
    }
    return new Dictionary(entries, refs(reader, entries.length));
  }

  @Override
  public ResourceAttributes resource() {
    Dictionary decoded = resources;
    if (decoded == null) {
      decoded = dictionary(LogColumns.RESOURCE, ResourceAttributes::ofResource);
      resources = decoded;
    }
    return decoded.entries[decoded.refs[row]];
  }

  @Override
  public ResourceAttributes scope() {
    Dictionary decoded = scopes;
    if (decoded == null) {
      decoded = dictionary(LogColumns.SCOPE, ResourceAttributes::ofScope);
      scopes = decoded;
    }
    return decoded.entries[decoded.refs[row]];
  }

  /**
   * @param starts by row, where its content begins; one more for the end
   * @param other by row, whether the lowest bit of its length was set
   */
  private record Sized(byte[] content, int[] starts, boolean[] other) {}

  private Sized sized(String name, int flagBits) {
    ColumnReader reader = openRows(name);
    int[] starts = new int[rows + 1];
    boolean[] other = new boolean[rows];
    long total = 0;
    for (int i = 0; i < rows; i++) {
      long coded = reader.varint();
      starts[i] = (int) total;
      other[i] = flagBits > 0 && (coded & 1) != 0;
      total += coded >>> flagBits;
      if (coded < 0 || total > ColumnReader.MAX_CONTENT_BYTES) {
        throw new CorruptColumnException(
            "column " + name + ": length " + coded + " (expected: inside the column)");
      }
    }
    starts[rows] = (int) total;
    int base = reader.advance(total);
    for (int i = 0; i <= rows; i++) {
      starts[i] += base;
    }
    return new Sized(reader.content(), starts, other);
  }

  @Override
  public void body(ByteSlice text) {
    Sized decoded = bodies;
    if (decoded == null) {
      decoded = sized(LogColumns.BODY, 1);
      bodies = decoded;
    }
    if (decoded.other[row]) {
      try {
        AnyValues.text(decoded.content, decoded.starts[row], decoded.starts[row + 1], text);
      } catch (MalformedWireException e) {
        throw new CorruptColumnException("column " + BODY + ": " + e.getMessage(), e);
      }
    } else {
      text.set(decoded.content, decoded.starts[row], decoded.starts[row + 1]);
    }
  }

  @Override
  public void attributes(ByteSlice fields) {
    Sized decoded = attributes;
    if (decoded == null) {
      decoded = sized(LogColumns.ATTRIBUTES, 0);
      attributes = decoded;
    }
    fields.set(decoded.content, decoded.starts[row], decoded.starts[row + 1]);
  }

  /**
   * @param traceStarts by row, where its trace id begins; -1 for none
   * @param spanStarts by row, where its span id begins; -1 for none
   */
  private record Traces(byte[] content, int[] traceStarts, int[] spanStarts, int[] flags) {}

  private Traces traces() {
    Traces decoded = traces;
    if (decoded == null) {
      ColumnReader reader = openRows(LogColumns.TRACE);
      int ids = reader.count(16);
      int idStart = reader.advance(16L * ids);
      int[] traceStarts = new int[rows];
      int[] spanStarts = new int[rows];
      int spans = 0;
      for (int i = 0; i < rows; i++) {
        int coded = reader.below(2 * ids + 2);
        int ref = coded >>> 1;
        traceStarts[i] = ref == 0 ? -1 : idStart + 16 * (ref - 1);
        spanStarts[i] = (coded & 1) == 0 ? -1 : 8 * spans++;
      }
      int[] flags = new int[rows];
      for (int i = 0; i < rows; i++) {
        flags[i] = (int) reader.varint();
      }
      int spanStart = reader.advance(8L * spans);
      for (int i = 0; i < rows; i++) {
        if (spanStarts[i] >= 0) {
          spanStarts[i] += spanStart;
        }
      }
      decoded = new Traces(reader.content(), traceStarts, spanStarts, flags);
      traces = decoded;
    }
    return decoded;
  }

  @Override
  public void traceId(ByteSlice id) {
    Traces decoded = traces();
    set(id, decoded.content, decoded.traceStarts[row], 16);
  }

  @Override
  public void spanId(ByteSlice id) {
    Traces decoded = traces();
    set(id, decoded.content, decoded.spanStarts[row], 8);
  }

  private static void set(ByteSlice slice, byte[] content, int start, int length) {
    if (start < 0) {
      slice.clear();
    } else {
      slice.set(content, start, start + length);
    }
  }

  @Override
  public int flags() {
    return traces().flags[row];
  }

  @Override
  public long offset() {
    return origins().offsets[row];
  }

  @Override
  public int ordinal() {
    return origins().ordinals[row];
  }

  private record Origins(long[] offsets, int[] ordinals) {}

  private Origins origins() {
    Origins decoded = origins;
    if (decoded == null) {
      ColumnReader reader = openRows(LogColumns.ORIGIN);
      decoded = new Origins(new long[rows], new int[rows]);
      long offset = 0;
      long ordinal = 0;
      for (int i = 0; i < rows; i++) {
        offset += reader.zigzag();
        ordinal += reader.zigzag();
        decoded.offsets[i] = offset;
        decoded.ordinals[i] = (int) ordinal;
      }
      origins = decoded;
    }
    return decoded;
  }

  /** What {@link #stats} reports to. */
  public interface StatsSink {
    /**
     * Takes one count.
     *
     * @param minuteMillis epoch milliseconds at which the minute begins
     * @param rows rows of that minute and severity; at least 1
     */
    void accept(long minuteMillis, Severity severity, int rows);
  }

  /** Rows by minute and severity, without decoding rows. */
  public void stats(StatsSink sink) {
    ColumnReader reader = open(LogColumns.STATS);
    int minutes = reader.count(1 + Severity.COUNT);
    long minute = 0;
    for (int i = 0; i < minutes; i++) {
      minute += reader.varint();
      for (int ordinal = 0; ordinal < Severity.COUNT; ordinal++) {
        int count = reader.below(rows + 1);
        if (count > 0) {
          sink.accept(minute * 60_000, Severity.ofCode(ordinal), count);
        }
      }
    }
  }
}
