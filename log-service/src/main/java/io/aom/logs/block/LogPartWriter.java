package io.aom.logs.block;

import io.aom.blockstore.BlockPart;
import io.aom.logs.head.HeadRows;
import io.aom.logs.row.AnyValues;
import io.aom.logs.row.ByteSlice;
import io.aom.logs.row.LogRecordFields;
import io.aom.logs.row.ResourceAttributes;
import io.aom.logs.row.Severity;
import io.aom.logs.text.ByteRangeSet;
import io.aom.logs.text.TermSet;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/**
 * Writes rows of a head as one block part: columns and terms. Walks each row once.
 *
 * <p>Not thread-safe; reused from part to part, so that buffers grow once. Close it: the compressor
 * holds native memory.
 */
final class LogPartWriter implements AutoCloseable {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long NANOS_PER_MINUTE = 60_000_000_000L;
  private static final byte[] EMPTY = new byte[0];

  private final ColumnWriter column = new ColumnWriter();
  private final TermSet terms = new TermSet();
  private final ByteRangeSet seenAttributes = new ByteRangeSet(1 << 16, 1 << 10);
  private final ByteRangeSet texts = new ByteRangeSet(256, 16);
  private final ByteRangeSet traces = new ByteRangeSet(1 << 14, 1 << 10);
  private final ByteSlice slice = new ByteSlice();
  private final ByteSlice value = new ByteSlice();
  private final ProtoReader reader = new ProtoReader(EMPTY);
  private final ProtoReader valueReader = new ProtoReader(EMPTY);

  private final ProtoWriter bodies = new ProtoWriter(1 << 16);
  private final ProtoWriter rests = new ProtoWriter(1 << 16);
  private final ProtoWriter spans = new ProtoWriter(1 << 12);
  private long[] observed = new long[0];
  private int[] bodyLengths = new int[0];
  private int[] restLengths = new int[0];
  private int[] textRefs = new int[0];
  private int[] traceRefs = new int[0];
  private boolean[] hasSpan = new boolean[0];
  private int[] flags = new int[0];

  /** Writes the rows whose numbers are {@code order[from, to)}, in that order. */
  BlockPart write(TenantId tenant, HeadRows rows, int[] order, int from, int to) {
    int count = to - from;
    begin(count);
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      int row = order[from + i];
      min = Math.min(min, rows.timeNanos(row));
      max = Math.max(max, rows.timeNanos(row));
      rows.moveTo(row);
      walk(rows, i);
    }
    Map<String, byte[]> columns = new LinkedHashMap<>();
    columns.put(LogColumns.TIME, time(rows, order, from, to));
    columns.put(LogColumns.OBSERVED, observed(count));
    columns.put(LogColumns.SEVERITY, severity(rows, order, from, to));
    columns.put(
        LogColumns.RESOURCE,
        dictionary(
            order, from, to, rows.resources(), rows::resourceNumber, rows::resourceByNumber));
    columns.put(
        LogColumns.SCOPE,
        dictionary(order, from, to, rows.scopes(), rows::scopeNumber, rows::scopeByNumber));
    columns.put(LogColumns.BODY, sized(bodyLengths, count, bodies));
    columns.put(LogColumns.ATTRIBUTES, sized(restLengths, count, rests));
    columns.put(LogColumns.TRACE, trace(count));
    columns.put(LogColumns.ORIGIN, origin(rows, order, from, to));
    columns.put(LogColumns.STATS, stats(rows, order, from, to));
    for (int i = 0; i < traces.size(); i++) {
      terms.addField("trace_id", HexFormat.of().formatHex(traces.get(i)));
    }
    List<String> allTerms = terms.terms();
    return new BlockPart(
        tenant, min / NANOS_PER_MILLI, max / NANOS_PER_MILLI, count, allTerms, columns);
  }

  private void begin(int count) {
    if (observed.length < count) {
      observed = new long[count];
      bodyLengths = new int[count];
      restLengths = new int[count];
      textRefs = new int[count];
      traceRefs = new int[count];
      hasSpan = new boolean[count];
      flags = new int[count];
    }
    terms.clear();
    seenAttributes.clear();
    texts.clear();
    traces.clear();
    bodies.clear();
    rests.clear();
    spans.clear();
  }

  /** Takes what lies in the row's bytes. */
  private void walk(HeadRows rows, int i) {
    observed[i] = rows.observedNanos();
    flags[i] = rows.flags();
    rows.severityText(slice);
    int text = texts.add(slice.bytes(), slice.from(), slice.to());
    textRefs[i] = text < 0 ? ~text : text;
    rows.traceId(slice);
    if (slice.isEmpty()) {
      traceRefs[i] = 0;
    } else {
      int trace = traces.add(slice.bytes(), slice.from(), slice.to());
      traceRefs[i] = 1 + (trace < 0 ? ~trace : trace);
    }
    rows.spanId(slice);
    hasSpan[i] = !slice.isEmpty();
    spans.copy(slice.bytes(), slice.from(), slice.length());
    body(rows, i);
    int start = rests.size();
    rows.rest(rests);
    restLengths[i] = rests.size() - start;
    attributeTerms(rests.array(), start, rests.size());
  }

  /** A string body lies as its text; any other as the {@code AnyValue} it came as. */
  private void body(HeadRows rows, int i) {
    ByteSlice message = rows.record().body();
    boolean text = AnyValues.text(message.bytes(), message.from(), message.to(), value);
    terms.addWords(value.bytes(), value.from(), value.to());
    ByteSlice stored = text ? value : message;
    bodies.copy(stored.bytes(), stored.from(), stored.length());
    bodyLengths[i] = stored.length() << 1 | (text ? 0 : 1);
  }

  private void attributeTerms(byte[] bytes, int from, int to) {
    reader.reset(bytes, from, to);
    while (reader.next()) {
      if (reader.field() != LogRecordFields.ATTRIBUTES) {
        reader.skip();
        continue;
      }
      int outer = reader.enter();
      int start = reader.position();
      reader.leave(outer);
      int end = reader.position();
      if (seenAttributes.add(bytes, start, end) >= 0) {
        continue; // the same attribute of an earlier row brought its terms
      }
      attributeTerm(bytes, start, end);
    }
  }

  private void attributeTerm(byte[] bytes, int from, int to) {
    slice.clear();
    value.clear();
    valueReader.reset(bytes, from, to);
    while (valueReader.next()) {
      switch (valueReader.field()) {
        case 1 -> {
          int length = valueReader.length();
          slice.set(bytes, valueReader.position(), valueReader.position() + length);
          valueReader.advance(length);
        }
        case 2 -> {
          int outer = valueReader.enter();
          AnyValues.text(valueReader, value);
          valueReader.leave(outer);
        }
        default -> valueReader.skip();
      }
    }
    terms.addField(
        slice.bytes(), slice.from(), slice.to(), value.bytes(), value.from(), value.to());
    terms.addWords(value.bytes(), value.from(), value.to());
  }

  private byte[] time(HeadRows rows, int[] order, int from, int to) {
    long unit = NANOS_PER_MILLI;
    for (int i = from; i < to && unit > 1; i++) {
      while (unit > 1 && rows.timeNanos(order[i]) % unit != 0) {
        unit /= 1_000;
      }
    }
    column.varint(to - from).varint(unit);
    long previous = 0;
    for (int i = from; i < to; i++) {
      long time = rows.timeNanos(order[i]) / unit;
      column.zigzag(time - previous);
      previous = time;
    }
    return column.finish();
  }

  private byte[] observed(int count) {
    long unit = NANOS_PER_MILLI;
    for (int i = 0; i < count && unit > 1; i++) {
      while (unit > 1 && observed[i] % unit != 0) {
        unit /= 1_000;
      }
    }
    column.varint(count).varint(unit);
    long previous = 0;
    for (int i = 0; i < count; i++) {
      if (observed[i] == 0) {
        column.varint(0);
        continue;
      }
      long time = observed[i] / unit;
      long delta = time - previous;
      column.varint(1 + (delta << 1 ^ delta >> 63));
      previous = time;
    }
    return column.finish();
  }

  private byte[] severity(HeadRows rows, int[] order, int from, int to) {
    boolean[] present = new boolean[Severity.COUNT];
    column.varint(to - from);
    for (int i = from; i < to; i++) {
      int number = rows.severityNumber(order[i]);
      present[Severity.ofNumber(number).code()] = true;
      column.u8(number);
    }
    for (int ordinal = 0; ordinal < present.length; ordinal++) {
      if (present[ordinal]) {
        terms.addField("severity", Severity.ofCode(ordinal).term());
      }
    }
    column.varint(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      byte[] text = texts.get(i);
      column.varint(text.length).bytes(text, 0, text.length);
    }
    for (int i = 0; i < to - from; i++) {
      column.varint(textRefs[i]);
    }
    return column.finish();
  }

  /** Distinct entries in the order in which rows need them, then by row which one. */
  private byte[] dictionary(
      int[] order,
      int from,
      int to,
      int entries,
      IntUnaryOperator entryOfRow,
      IntFunction<ResourceAttributes> entry) {
    int[] refs = new int[entries];
    int[] used = new int[entries];
    int count = 0;
    for (int i = from; i < to; i++) {
      int number = entryOfRow.applyAsInt(order[i]);
      if (refs[number] == 0) {
        used[count++] = number;
        refs[number] = count;
      }
    }
    column.varint(to - from).varint(count);
    for (int i = 0; i < count; i++) {
      dictionaryEntry(entry.apply(used[i]));
    }
    for (int i = from; i < to; i++) {
      column.varint(refs[entryOfRow.applyAsInt(order[i])] - 1);
    }
    return column.finish();
  }

  private void dictionaryEntry(ResourceAttributes entry) {
    byte[] bytes = entry.bytes();
    column.varint(bytes.length).bytes(bytes, 0, bytes.length);
    entry.values().forEach((key, attribute) -> terms.addField(key, AnyValues.text(attribute)));
  }

  private byte[] sized(int[] lengths, int count, ProtoWriter contents) {
    column.varint(count);
    for (int i = 0; i < count; i++) {
      column.varint(lengths[i]);
    }
    column.bytes(contents.array(), 0, contents.size());
    return column.finish();
  }

  private byte[] trace(int count) {
    column.varint(count).varint(traces.size());
    for (int i = 0; i < traces.size(); i++) {
      column.bytes(traces.get(i), 0, 16);
    }
    for (int i = 0; i < count; i++) {
      column.varint((long) traceRefs[i] << 1 | (hasSpan[i] ? 1 : 0));
    }
    for (int i = 0; i < count; i++) {
      column.varint(flags[i] & 0xFFFFFFFFL);
    }
    column.bytes(spans.array(), 0, spans.size());
    return column.finish();
  }

  private byte[] origin(HeadRows rows, int[] order, int from, int to) {
    column.varint(to - from);
    long previousOffset = 0;
    long previousOrdinal = 0;
    for (int i = from; i < to; i++) {
      rows.moveTo(order[i]);
      column.zigzag(rows.offset() - previousOffset).zigzag(rows.ordinal() - previousOrdinal);
      previousOffset = rows.offset();
      previousOrdinal = rows.ordinal();
    }
    return column.finish();
  }

  private byte[] stats(HeadRows rows, int[] order, int from, int to) {
    TreeMap<Long, int[]> minutes = new TreeMap<>();
    long lastMinute = Long.MIN_VALUE;
    int[] counts = new int[Severity.COUNT];
    for (int i = from; i < to; i++) {
      long minute = rows.timeNanos(order[i]) / NANOS_PER_MINUTE;
      if (minute != lastMinute) {
        counts = minutes.computeIfAbsent(minute, m -> new int[Severity.COUNT]);
        lastMinute = minute;
      }
      counts[Severity.ofNumber(rows.severityNumber(order[i])).code()]++;
    }
    column.varint(minutes.size());
    long previous = 0;
    for (Map.Entry<Long, int[]> minute : minutes.entrySet()) {
      column.varint(minute.getKey() - previous);
      previous = minute.getKey();
      Arrays.stream(minute.getValue()).forEach(column::varint);
    }
    return column.finish();
  }

  @Override
  public void close() {
    column.close();
  }
}
