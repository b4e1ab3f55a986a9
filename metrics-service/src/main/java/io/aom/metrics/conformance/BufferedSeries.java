package io.aom.metrics.conformance;

import io.aom.metrics.promql.SeriesSet;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import java.util.Arrays;
import java.util.List;

/**
 * Gives samples in one buffer as stored series do: only until the next are asked for, behind them
 * what has nothing to do with them. So a script also fails where the engine reads on or keeps them.
 */
final class BufferedSeries implements SeriesSet {
  private static final int BEHIND = 8;

  private final SeriesSet series;
  private final SampleColumns buffer = new SampleColumns();

  BufferedSeries(SeriesSet series) {
    this.series = series;
  }

  @Override
  public int size() {
    return series.size();
  }

  @Override
  public Labels labels(int number) {
    return series.labels(number);
  }

  @Override
  public String label(int number, String name) {
    return series.label(number, name);
  }

  @Override
  public SampleColumns samples(int number) {
    SampleColumns samples = series.samples(number);
    buffer.clear();
    buffer.reserve(samples.size() + BEHIND);
    Arrays.fill(buffer.times(), Long.MIN_VALUE);
    Arrays.fill(buffer.values(), -1e300);
    buffer.appendAll(samples, 0, samples.size());
    return buffer;
  }

  @Override
  public Grouping group(List<String> names, boolean without) {
    return series.group(names, without);
  }
}
