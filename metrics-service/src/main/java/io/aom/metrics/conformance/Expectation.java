package io.aom.metrics.conformance;

import io.aom.metrics.promql.Buckets;
import io.aom.metrics.promql.FloatHistogram;
import io.aom.metrics.promql.Points;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.promql.StepSeries;
import io.aom.metrics.promql.Value;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.StaleMarker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a result must be. Floats may differ by a millionth.
 *
 * @param shape as the script writes it
 * @param instant whether one value of each series is meant
 * @param ordered whether series must come in the order they are written in
 */
record Expectation(Shape shape, boolean instant, boolean ordered) {
  private static final double TOLERANCE = 1e-6;

  /**
   * @param grid times of the values of a range
   * @param text a string, if one is expected
   * @param lines series with values, or a number alone
   */
  record Shape(StepGrid grid, @Nullable String text, List<String> lines) {
    private boolean isNumber() {
      return lines.size() == 1
          && lines.get(0).matches("[-+]?(?:[\\d.]\\S*|(?i:inf(?:inity)?|nan))");
    }

    private Map<Labels, List<SeriesDescription.Item>> series() {
      Map<Labels, List<SeriesDescription.Item>> series = new LinkedHashMap<>();
      for (String line : isNumber() ? List.<String>of() : lines) {
        SeriesDescription parsed = SeriesDescription.parse(line);
        series.put(parsed.labels(), parsed.items());
      }
      return series;
    }
  }

  /** What is got and wanted where they differ; empty if they do not. */
  String difference(Value value) {
    return switch (value) {
      case Value.Text(String got) ->
          got.equals(shape.text) ? "" : "got \"" + got + "\", wanted \"" + shape.text + "\"";
      case Value.Matrix(List<Points> got) -> compareMatrix(got);
      case Value.Scalar(double[] got) when instant -> compareNumber(got[0]);
      case Value.Scalar(double[] got) -> compareSeries(Map.of(Labels.EMPTY, cells(got)));
      case Value.Vector(List<StepSeries> got) -> compareVector(got);
    };
  }

  /** The same for one step of a range, of which the expectation says but one value. */
  String differenceAt(Value value, int step) {
    if (value instanceof Value.Scalar(double[] got)) {
      return compareNumber(got[step]);
    }
    Map<Labels, List<Cell>> found = new LinkedHashMap<>();
    if (value instanceof Value.Vector(List<StepSeries> got)) {
      for (StepSeries one : got) {
        if (one.isPresent(step)) {
          found.put(one.labels(), List.of(Cell.of(one, step)));
        }
      }
    }
    return compareSeries(found);
  }

  /** A float or a histogram, or neither. */
  private record Cell(@Nullable Double value, @Nullable FloatHistogram histogram) {
    static Cell of(StepSeries series, int step) {
      return new Cell(series.isFloat(step) ? series.value(step) : null, series.histogram(step));
    }

    @Override
    public String toString() {
      return histogram != null ? histogram.toString() : value == null ? "_" : value.toString();
    }
  }

  private static List<Cell> cells(double[] values) {
    List<Cell> cells = new ArrayList<>(values.length);
    for (double value : values) {
      cells.add(new Cell(value, null));
    }
    return cells;
  }

  private String compareNumber(double got) {
    if (!shape.isNumber()) {
      return "got scalar " + got + ", wanted " + shape.lines;
    }
    double wanted = SeriesDescription.number(shape.lines.get(0));
    return close(wanted, got) ? "" : "got " + got + ", wanted " + wanted;
  }

  private String compareVector(List<StepSeries> got) {
    Map<Labels, List<Cell>> found = new LinkedHashMap<>();
    for (StepSeries one : got) {
      List<Cell> cells = new ArrayList<>(one.steps());
      for (int i = 0; i < one.steps(); i++) {
        cells.add(Cell.of(one, i));
      }
      if (found.put(one.labels(), cells) != null) {
        return "got twice: " + one.labels();
      }
    }
    if (shape.isNumber()) {
      return "got a vector, wanted a number";
    }
    String difference = compareSeries(found);
    if (!difference.isEmpty() || !ordered) {
      return difference;
    }
    List<Labels> order = List.copyOf(found.keySet());
    List<Labels> wanted = List.copyOf(shape.series().keySet());
    return order.equals(wanted) ? "" : "got in order " + order + ", wanted " + wanted;
  }

  private String compareSeries(Map<Labels, List<Cell>> found) {
    Map<Labels, List<SeriesDescription.Item>> wanted = shape.series();
    for (Map.Entry<Labels, List<Cell>> one : found.entrySet()) {
      if (!wanted.containsKey(one.getKey())) {
        return "got " + one.getKey() + " " + one.getValue() + ", wanted no such series";
      }
    }
    for (Map.Entry<Labels, List<SeriesDescription.Item>> line : wanted.entrySet()) {
      List<Cell> cells = found.get(line.getKey());
      if (cells == null) {
        return "got no " + line.getKey() + ", wanted " + line.getValue();
      }
      List<SeriesDescription.Item> items = line.getValue();
      if (items.size() > cells.size()) {
        return line.getKey() + ": got " + cells.size() + " steps, wanted " + items.size();
      }
      for (int i = 0; i < cells.size(); i++) {
        SeriesDescription.Item item = i < items.size() ? items.get(i) : SeriesDescription.Item.GAP;
        if (!same(item, cells.get(i))) {
          return line.getKey() + " step " + i + ": got " + cells.get(i) + ", wanted " + item;
        }
      }
    }
    return "";
  }

  private static boolean same(SeriesDescription.Item item, Cell got) {
    Double value = got.value;
    FloatHistogram histogram = got.histogram;
    Double wanted = item.value();
    FloatHistogram wantedHistogram = item.histogram();
    if (wanted != null) {
      return value != null && close(wanted, value);
    }
    return wantedHistogram == null
        ? value == null && histogram == null
        : histogram != null && close(wantedHistogram, histogram, item.hinted());
  }

  private String compareMatrix(List<Points> got) {
    Map<Labels, Points> found = new HashMap<>();
    got.forEach(points -> found.put(points.labels(), points));
    Map<Labels, List<SeriesDescription.Item>> wanted = shape.series();
    if (!found.keySet().equals(wanted.keySet())) {
      return "got " + found.keySet() + ", wanted " + wanted.keySet();
    }
    for (Map.Entry<Labels, List<SeriesDescription.Item>> line : wanted.entrySet()) {
      String difference = compareRange(line.getValue(), found.get(line.getKey()));
      if (!difference.isEmpty()) {
        return line.getKey() + ": " + difference;
      }
    }
    return "";
  }

  private String compareRange(List<SeriesDescription.Item> items, @Nullable Points points) {
    int f = 0;
    int h = 0;
    for (int i = 0; i < items.size() && points != null; i++) {
      SeriesDescription.Item item = items.get(i);
      long time = shape.grid.at(i);
      Cell cell = new Cell(null, null);
      if (f < points.floatCount() && points.floatTime(f) == time) {
        cell = new Cell(points.floatValue(f++), null);
      } else if (h < points.histogramCount() && points.histogramTime(h) == time) {
        cell = new Cell(null, points.histogram(h++));
      }
      if (!same(item, cell)) {
        return "at " + time + " ms: got " + cell + ", wanted " + item;
      }
    }
    boolean all = points != null && f == points.floatCount() && h == points.histogramCount();
    return all ? "" : "got more samples than wanted";
  }

  private static boolean close(double wanted, double got) {
    if (StaleMarker.is(wanted) || StaleMarker.is(got)) {
      return StaleMarker.is(wanted) && StaleMarker.is(got);
    }
    if (wanted == got || (Double.isNaN(wanted) && Double.isNaN(got))) {
      return true;
    }
    double difference = Math.abs(wanted - got);
    double size = Math.abs(wanted) + Math.abs(got);
    boolean tiny = wanted == 0 || got == 0 || size < Double.MIN_NORMAL;
    double unit = tiny ? Double.MIN_NORMAL : Math.min(size, Double.MAX_VALUE);
    return difference < TOLERANCE * unit;
  }

  private static boolean close(FloatHistogram wanted, FloatHistogram got, boolean hinted) {
    boolean sameBounds = !wanted.isCustom() || wanted.sameBounds(got);
    boolean sameHint = !hinted || wanted.hint() == got.hint();
    return wanted.schema() == got.schema()
        && sameBounds
        && sameHint
        && close(wanted.count(), got.count())
        && close(wanted.sum(), got.sum())
        && close(wanted.zeroCount(), got.zeroCount())
        && wanted.zeroThreshold() == got.zeroThreshold()
        && close(wanted.positive(), got.positive())
        && close(wanted.negative(), got.negative());
  }

  private static boolean close(Buckets allWanted, Buckets allGot) {
    Buckets wanted = allWanted.populated();
    Buckets got = allGot.populated();
    if (wanted.size() != got.size()) {
      return false;
    }
    for (int i = 0; i < wanted.size(); i++) {
      if (wanted.index(i) != got.index(i) || !close(wanted.count(i), got.count(i))) {
        return false;
      }
    }
    return true;
  }
}
