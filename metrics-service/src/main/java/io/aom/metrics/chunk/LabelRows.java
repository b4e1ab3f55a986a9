package io.aom.metrics.chunk;

import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SymbolTable;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A labels column that was read, its label sets still numbers of texts and the texts still bytes.
 */
final class LabelRows {
  private final byte[] bytes;
  private final int[] symbolFrom;
  private final int[] symbolLength;

  /** Numbers of the names of each shape. */
  private final int[][] shapes;

  private final int[] shapeOf;
  private final int[] valuesFrom;
  private int[] values;

  private LabelRows(ProtoReader in) {
    bytes = in.bytes();
    int series = LabelsColumn.bounded(in, LabelsColumn.MAX_SERIES, "series");
    int symbols = LabelsColumn.remaining(in, "symbols");
    symbolFrom = new int[symbols];
    symbolLength = new int[symbols];
    for (int i = 0; i < symbols; i++) {
      symbolLength[i] = LabelsColumn.remaining(in, "symbol length");
      symbolFrom[i] = in.position();
      in.advance(symbolLength[i]);
    }
    shapes = new int[LabelsColumn.remaining(in, "shapes")][];
    for (int i = 0; i < shapes.length; i++) {
      shapes[i] = new int[LabelsColumn.remaining(in, "labels")];
      for (int n = 0; n < shapes[i].length; n++) {
        shapes[i][n] = LabelsColumn.index(in, symbols, "name");
      }
    }
    if (series > bytes.length) { // each takes at least the number of its shape
      throw new CorruptChunkException(
          "series: " + series + " (expected: at most " + bytes.length + ")");
    }
    shapeOf = new int[series];
    valuesFrom = new int[series];
    values = new int[Math.min(bytes.length, series * 8)];
    int used = 0;
    for (int i = 0; i < series; i++) {
      shapeOf[i] = LabelsColumn.index(in, shapes.length, "shape");
      valuesFrom[i] = used;
      int count = shapes[shapeOf[i]].length;
      if (values.length - used < count) {
        values = Arrays.copyOf(values, Math.max(used + count, values.length * 2));
      }
      for (int n = 0; n < count; n++) {
        values[used++] = LabelsColumn.index(in, symbols, "value");
      }
    }
  }

  /**
   * @throws CorruptChunkException if the bytes are no labels column
   */
  static LabelRows open(byte[] bytes) {
    try {
      return new LabelRows(Checked.open(bytes, LabelsColumn.VERSION, "labels"));
    } catch (MalformedWireException e) {
      throw new CorruptChunkException("labels: " + e.getMessage(), e);
    }
  }

  int size() {
    return shapeOf.length;
  }

  int symbols() {
    return symbolFrom.length;
  }

  String text(int symbol) {
    return new String(bytes, symbolFrom[symbol], symbolLength[symbol], StandardCharsets.UTF_8);
  }

  int addTo(SymbolTable table, int symbol) {
    int from = symbolFrom[symbol];
    int length = symbolLength[symbol];
    return table.add(bytes, from, length, SymbolTable.hash(bytes, from, length));
  }

  int labelCount(int series) {
    return shapes[shapeOf[series]].length;
  }

  void labels(int series, int[] to) {
    int[] names = shapes[shapeOf[series]];
    for (int i = 0, at = valuesFrom[series]; i < names.length; i++, at++) {
      to[2 * i] = names[i];
      to[2 * i + 1] = values[at];
    }
  }

  /** The label sets, each text made once. */
  Labels[] all() {
    String[] texts = new String[symbols()];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = text(i);
    }
    Labels[] all = new Labels[size()];
    for (int series = 0; series < all.length; series++) {
      int[] ids = new int[2 * labelCount(series)];
      labels(series, ids);
      String[] pairs = new String[ids.length];
      for (int i = 0; i < ids.length; i++) {
        pairs[i] = texts[ids[i]];
      }
      all[series] = Labels.ofCanonical(pairs);
    }
    return all;
  }

  /** Numbers of the series that satisfy all matchers; each text is tested once for each matcher. */
  int[] matching(List<LabelMatcher> matchers) {
    int[] numbers = new int[size()];
    int count = size();
    Arrays.setAll(numbers, i -> i);
    for (LabelMatcher matcher : matchers) {
      count = keep(matcher, numbers, count);
    }
    return Arrays.copyOf(numbers, count);
  }

  private int keep(LabelMatcher matcher, int[] numbers, int count) {
    byte[] name = matcher.name().getBytes(StandardCharsets.UTF_8);
    int[] placeOf = new int[shapes.length];
    for (int i = 0; i < placeOf.length; i++) {
      placeOf[i] = place(shapes[i], name);
    }
    byte[] tested = new byte[symbols()];
    boolean holdsEmpty = matcher.matchesEmpty();
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int place = placeOf[shapeOf[numbers[i]]];
      boolean holds = holdsEmpty;
      if (place >= 0) {
        int value = values[valuesFrom[numbers[i]] + place];
        if (tested[value] == 0) {
          tested[value] = (byte) (matcher.matches(text(value)) ? 1 : -1);
        }
        holds = tested[value] > 0;
      }
      if (holds) {
        numbers[kept++] = numbers[i];
      }
    }
    return kept;
  }

  /** Where the name stands in a shape; -1 if it does not. */
  private int place(int[] names, byte[] name) {
    for (int i = 0; i < names.length; i++) {
      int from = symbolFrom[names[i]];
      if (Arrays.equals(bytes, from, from + symbolLength[names[i]], name, 0, name.length)) {
        return i;
      }
    }
    return -1;
  }

  long sizeBytes() {
    return 8L * (symbolFrom.length + shapeOf.length) + 4L * values.length;
  }
}
