package io.aom.metrics.chunk;

import io.aom.metrics.series.Labels;
import io.aom.telemetry.wire.ProtoReader;
import io.aom.telemetry.wire.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
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
    return Arrays.asList(LabelRows.open(bytes).all());
  }

  /** A count of things of which each takes at least one of the bytes left. */
  static int remaining(ProtoReader in, String what) {
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

  static int index(ProtoReader in, int size, String what) {
    long index = in.packedVarint();
    if (index < 0 || index >= size) {
      throw new CorruptChunkException(what + ": " + index + " (expected: below " + size + ")");
    }
    return (int) index;
  }
}
