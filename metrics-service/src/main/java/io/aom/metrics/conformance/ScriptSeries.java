package io.aom.metrics.conformance;

import io.aom.metrics.promql.FloatHistogram;
import io.aom.metrics.promql.FloatHistogram.Hint;
import io.aom.metrics.promql.SeriesSet;
import io.aom.metrics.promql.SeriesSource;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.Series;
import io.aom.telemetry.remotewrite.RemoteWriteV2;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Series in memory, as a script loads them. Not thread-safe. */
public final class ScriptSeries implements SeriesSource {
  private final Map<Labels, SampleColumns> all = new TreeMap<>();

  void clear() {
    all.clear();
  }

  /**
   * Takes in series whose first value is at time 0.
   *
   * @param withCustomBuckets whether classic histograms are loaded as native ones too
   * @throws IllegalArgumentException if a line makes no sense
   */
  public void load(long stepMillis, List<String> lines, boolean withCustomBuckets) {
    Map<Labels, SampleColumns> loaded = new LinkedHashMap<>();
    SeriesDescription starts = null;
    for (String text : lines) {
      SeriesDescription line = SeriesDescription.parse(text);
      if (line.starts()) {
        starts = line;
        continue;
      }
      if (starts != null
          && !(starts.labels().equals(line.labels())
              && starts.items().size() == line.items().size())) {
        throw new IllegalArgumentException("start times do not fit the line behind: " + text);
      }
      loaded.put(line.labels(), samples(stepMillis, line, starts));
      starts = null;
    }
    if (starts != null) {
      throw new IllegalArgumentException("start times without samples: " + starts.labels());
    }
    if (withCustomBuckets) {
      loaded.putAll(new ClassicHistograms(loaded).toCustomBuckets());
    }
    loaded.forEach((labels, samples) -> all.merge(labels, samples, SampleColumns::merge));
  }

  private static SampleColumns samples(
      long stepMillis, SeriesDescription line, @Nullable SeriesDescription starts) {
    SampleColumns samples = new SampleColumns();
    FloatHistogram before = null;
    for (int i = 0; i < line.items().size(); i++) {
      long time = i * stepMillis;
      long start = starts == null ? 0 : start(starts.items().get(i), time);
      SeriesDescription.Item item = line.items().get(i);
      FloatHistogram histogram = item.histogram();
      Double value = item.value();
      if (histogram != null) {
        samples.append(time, wire(hinted(histogram, before), time, start));
        before = histogram;
      } else if (value != null) {
        samples.append(time, value, start);
        before = null;
      }
    }
    return samples;
  }

  private static long start(SeriesDescription.Item offset, long time) {
    Double seconds = offset.value();
    return seconds == null ? 0 : time + Math.round(seconds * 1000);
  }

  private static byte[] wire(FloatHistogram histogram, long time, long start) {
    byte[] message = histogram.toWire(time);
    if (start == 0) {
      return message;
    }
    ProtoWriter out = new ProtoWriter(message.length + 16);
    out.copy(message, 0, message.length);
    return out.varint(RemoteWriteV2.Histogram.START_TIMESTAMP, start).toByteArray();
  }

  /** With the hint that Prometheus's storage gives back. */
  static FloatHistogram hinted(FloatHistogram histogram, @Nullable FloatHistogram before) {
    if (histogram.hint() == Hint.GAUGE) {
      return histogram;
    }
    if (before == null
        || before.hint() == Hint.GAUGE
        || histogram.hint() == Hint.RESET
        || histogram.withHint(Hint.UNKNOWN).isResetAfter(before)
        || !sameLayout(histogram, before)) {
      return histogram.withHint(Hint.UNKNOWN);
    }
    return histogram.withHint(Hint.NOT_RESET);
  }

  /** Whether both can stand in one chunk of Prometheus's. */
  private static boolean sameLayout(FloatHistogram a, FloatHistogram b) {
    return a.schema() == b.schema() && a.zeroThreshold() == b.zeroThreshold() && a.sameBounds(b);
  }

  @Override
  public List<SeriesSet> select(List<Selection> selections) {
    List<SeriesSet> result = new ArrayList<>();
    for (Selection selection : selections) {
      List<Series> series = new ArrayList<>();
      all.forEach(
          (labels, samples) -> {
            SampleColumns window = samples.window(selection.afterMillis(), selection.untilMillis());
            if (selection.newestOnly() && !window.isEmpty()) {
              window = window.slice(window.size() - 1, window.size());
            }
            boolean matches =
                selection.matchers().stream().allMatch(m -> m.matches(labels.get(m.name())));
            if (matches && !window.isEmpty()) {
              series.add(new Series(labels, window));
            }
          });
      result.add(new BufferedSeries(SeriesSet.of(series)));
    }
    return result;
  }
}
