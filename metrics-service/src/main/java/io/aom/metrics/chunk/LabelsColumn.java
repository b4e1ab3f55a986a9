package io.aom.metrics.chunk;

import io.aom.metrics.series.Labels;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The label sets of a pack of series: each text once, each combination of names once, then a number
 * for each value.
 *
 * <p>Layout: {@code docs/format/metrics-block.md}, "Column labels".
 */
public final class LabelsColumn {
  static final int VERSION = 1;

  /** Most series in one pack. */
  public static final int MAX_SERIES = 1 << 20;

  private LabelsColumn() {}

  public static byte[] encode(List<Labels> series) {
    Map<String, Integer> symbols = new LinkedHashMap<>();
    Map<List<Integer>, Integer> shapes = new LinkedHashMap<>();
    ProtoWriter rows = new ProtoWriter(series.size() * 12);
    for (Labels labels : series) {
      List<Integer> shape = new ArrayList<>(labels.size());
      for (int i = 0; i < labels.size(); i++) {
        shape.add(number(symbols, labels.name(i)));
      }
      rows.packedVarint(number(shapes, shape));
      for (int i = 0; i < labels.size(); i++) {
        rows.packedVarint(number(symbols, labels.value(i)));
      }
    }
    ProtoWriter out = new ProtoWriter(rows.size() + symbols.size() * 16 + 64);
    out.packedVarint(VERSION);
    out.packedVarint(series.size());
    out.packedVarint(symbols.size());
    for (String symbol : symbols.keySet()) {
      byte[] utf8 = symbol.getBytes(StandardCharsets.UTF_8);
      out.packedVarint(utf8.length);
      out.copy(utf8, 0, utf8.length);
    }
    out.packedVarint(shapes.size());
    for (List<Integer> shape : shapes.keySet()) {
      out.packedVarint(shape.size());
      shape.forEach(out::packedVarint);
    }
    out.copy(rows.array(), 0, rows.size());
    return Checked.close(out);
  }

  private static <K> int number(Map<K, Integer> numbers, K key) {
    Integer known = numbers.get(key);
    if (known != null) {
      return known;
    }
    numbers.put(key, numbers.size());
    return numbers.size() - 1;
  }

  /**
   * The label sets, in the pack's order.
   *
   * @throws CorruptChunkException if the bytes are no such column
   */
  public static List<Labels> decode(byte[] bytes) {
    try {
      return decode(Checked.open(bytes, VERSION, "labels"));
    } catch (MalformedWireException e) {
      throw new CorruptChunkException("labels: " + e.getMessage(), e);
    }
  }

  private static List<Labels> decode(ProtoReader in) {
    int seriesCount = bounded(in, MAX_SERIES, "series");
    String[] symbols = new String[remaining(in, "symbols")];
    for (int i = 0; i < symbols.length; i++) {
      int length = remaining(in, "symbol length");
      symbols[i] = new String(in.bytes(), in.position(), length, StandardCharsets.UTF_8);
      in.advance(length);
    }
    String[][] shapes = new String[remaining(in, "shapes")][];
    for (int i = 0; i < shapes.length; i++) {
      String[] names = new String[remaining(in, "labels")];
      for (int n = 0; n < names.length; n++) {
        names[n] = symbols[index(in, symbols.length, "name")];
      }
      shapes[i] = names;
    }
    List<Labels> series = new ArrayList<>(Math.min(seriesCount, 1024));
    for (int i = 0; i < seriesCount; i++) {
      String[] names = shapes[index(in, shapes.length, "shape")];
      String[] pairs = new String[names.length * 2];
      for (int n = 0; n < names.length; n++) {
        pairs[2 * n] = names[n];
        pairs[2 * n + 1] = symbols[index(in, symbols.length, "value")];
      }
      series.add(Labels.ofCanonical(pairs));
    }
    return series;
  }

  /** A count of things of which each takes at least one of the bytes left. */
  private static int remaining(ProtoReader in, String what) {
    long count = in.packedVarint();
    int left = in.bytes().length - in.position();
    if (count < 0 || count > left) {
      throw new CorruptChunkException(what + ": " + count + " (expected: at most " + left + ")");
    }
    return (int) count;
  }

  static int bounded(ProtoReader in, int most, String what) {
    long count = in.packedVarint();
    if (count < 0 || count > most) {
      throw new CorruptChunkException(what + ": " + count + " (expected: at most " + most + ")");
    }
    return (int) count;
  }

  private static int index(ProtoReader in, int size, String what) {
    long index = in.packedVarint();
    if (index < 0 || index >= size) {
      throw new CorruptChunkException(what + ": " + index + " (expected: below " + size + ")");
    }
    return (int) index;
  }
}
