package io.aom.logs.row;

import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row taken out of a head or a block, to be answered with.
 *
 * @param observedNanos epoch nanoseconds, 0 if the record did not say
 * @param severityNumber 1 to 24, 0 if not known
 * @param severityText as the sender wrote it; may be empty
 * @param resource the resource, see {@link ResourceAttributes#ofResource}
 * @param attributes fields of a {@code LogRecord}, the attributes among them
 * @param traceId lower-case hexadecimal; empty if none
 * @param spanId lower-case hexadecimal; empty if none
 */
public record LogRow(
    RowPosition position,
    long observedNanos,
    int severityNumber,
    String severityText,
    String body,
    byte[] resource,
    byte[] scope,
    byte[] attributes,
    String traceId,
    String spanId,
    int flags) {

  /** Takes the row that the view stands at. */
  public static LogRow of(RowView view, int partition) {
    ByteSlice slice = new ByteSlice();
    view.severityText(slice);
    String severityText = slice.toString();
    view.body(slice);
    String body = slice.toString();
    view.attributes(slice);
    byte[] attributes = slice.toByteArray();
    return new LogRow(
        new RowPosition(view.timeNanos(), partition, view.offset(), view.ordinal()),
        view.observedNanos(),
        view.severityNumber(),
        severityText,
        body,
        view.resource().bytes(),
        view.scope().bytes(),
        attributes,
        traceId(view, slice),
        spanId(view, slice),
        view.flags());
  }

  private static String traceId(RowView view, ByteSlice slice) {
    view.traceId(slice);
    return HexFormat.of().formatHex(slice.bytes(), slice.from(), slice.to());
  }

  private static String spanId(RowView view, ByteSlice slice) {
    view.spanId(slice);
    return HexFormat.of().formatHex(slice.bytes(), slice.from(), slice.to());
  }

  public Map<String, @Nullable Object> resourceValues() {
    return ResourceAttributes.ofResource(resource).values();
  }

  public Map<String, @Nullable Object> scopeValues() {
    return ResourceAttributes.ofScope(scope).values();
  }

  /** The record's own attributes, in the order they came; a later one of the same key wins. */
  public Map<String, @Nullable Object> attributeValues() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    ProtoReader reader = new ProtoReader(attributes);
    while (reader.next()) {
      if (reader.field() == LogRecordFields.ATTRIBUTES) {
        AnyValues.readKeyValue(reader, values);
      } else {
        reader.skip();
      }
    }
    return values;
  }

  /** Writes the row as a nested message, from member to member. */
  public void write(ProtoWriter writer, int field) {
    int begun = writer.begin(field);
    writer.varint(1, position.timeNanos());
    writer.varint(2, position.partition());
    writer.varint(3, position.offset());
    writer.varint(4, position.ordinal());
    writer.varint(5, observedNanos);
    writer.varint(6, severityNumber);
    writer.string(7, severityText);
    writer.string(8, body);
    writer.bytes(9, resource, 0, resource.length);
    writer.bytes(10, scope, 0, scope.length);
    writer.bytes(11, attributes, 0, attributes.length);
    writer.string(12, traceId);
    writer.string(13, spanId);
    writer.varint(14, flags);
    writer.end(begun);
  }

  /** Reads what {@link #write} wrote; the reader stands at the field. */
  public static LogRow read(ProtoReader reader) {
    long time = 0;
    int partition = 0;
    long offset = 0;
    int ordinal = 0;
    long observed = 0;
    int severityNumber = 0;
    String severityText = "";
    String body = "";
    byte[] resource = new byte[0];
    byte[] scope = new byte[0];
    byte[] attributes = new byte[0];
    String traceId = "";
    String spanId = "";
    int flags = 0;
    int outer = reader.enter();
    while (reader.next()) {
      switch (reader.field()) {
        case 1 -> time = reader.int64();
        case 2 -> partition = reader.int32();
        case 3 -> offset = reader.int64();
        case 4 -> ordinal = reader.int32();
        case 5 -> observed = reader.int64();
        case 6 -> severityNumber = reader.int32();
        case 7 -> severityText = reader.string();
        case 8 -> body = reader.string();
        case 9 -> resource = reader.byteArray();
        case 10 -> scope = reader.byteArray();
        case 11 -> attributes = reader.byteArray();
        case 12 -> traceId = reader.string();
        case 13 -> spanId = reader.string();
        case 14 -> flags = reader.int32();
        default -> reader.skip();
      }
    }
    reader.leave(outer);
    return new LogRow(
        new RowPosition(time, partition, offset, ordinal),
        observed,
        severityNumber,
        severityText,
        body,
        resource,
        scope,
        attributes,
        traceId,
        spanId,
        flags);
  }
}
