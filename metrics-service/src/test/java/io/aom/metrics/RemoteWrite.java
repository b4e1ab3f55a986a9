package io.aom.metrics;

import io.aom.metrics.series.Labels;
import io.aom.telemetry.wire.ProtoWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Builds remote write 2.0 requests. */
public final class RemoteWrite {
  private final Map<String, Integer> symbols = new LinkedHashMap<>();
  private final ProtoWriter series = new ProtoWriter(1024);
  private int items;

  public RemoteWrite() {
    symbol("");
  }

  private int symbol(String text) {
    return symbols.computeIfAbsent(text, t -> symbols.size());
  }

  /** A series with times and values in turn. */
  public RemoteWrite series(Labels labels, double... timesAndValues) {
    return series(pairs(labels), timesAndValues);
  }

  /** A series with labels as they are given, right or wrong. */
  public RemoteWrite series(String[] labels, double... timesAndValues) {
    int begun = series.begin(5);
    refs(labels);
    for (int i = 0; i < timesAndValues.length; i += 2) {
      int sample = series.begin(2);
      series.float64(1, timesAndValues[i + 1]);
      series.varint(2, (long) timesAndValues[i]);
      series.end(sample);
      items++;
    }
    series.end(begun);
    return this;
  }

  /** A series with times, values and start times in turn. */
  public RemoteWrite started(Labels labels, double... timesValuesAndStarts) {
    return created(0, labels, timesValuesAndStarts);
  }

  /**
   * The same, with a start time for all samples that have none, as early senders give it; 0 for
   * none.
   */
  public RemoteWrite created(long created, Labels labels, double... timesValuesAndStarts) {
    int begun = series.begin(5);
    refs(pairs(labels));
    for (int i = 0; i < timesValuesAndStarts.length; i += 3) {
      int sample = series.begin(2);
      series.float64(1, timesValuesAndStarts[i + 1]);
      series.varint(2, (long) timesValuesAndStarts[i]);
      if (timesValuesAndStarts[i + 2] != 0) {
        series.varint(3, (long) timesValuesAndStarts[i + 2]);
      }
      series.end(sample);
      items++;
    }
    if (created != 0) {
      series.varint(6, created);
    }
    series.end(begun);
    return this;
  }

  private static String[] pairs(Labels labels) {
    String[] pairs = new String[labels.size() * 2];
    for (int i = 0; i < labels.size(); i++) {
      pairs[2 * i] = labels.name(i);
      pairs[2 * i + 1] = labels.value(i);
    }
    return pairs;
  }

  public RemoteWrite histogram(Labels labels, byte[] histogram) {
    int begun = series.begin(5);
    refs(pairs(labels));
    series.bytes(3, histogram, 0, histogram.length);
    series.end(begun);
    items++;
    return this;
  }

  public RemoteWrite counter(Labels labels, String help, double time, double value) {
    int begun = series.begin(5);
    refs(pairs(labels));
    int sample = series.begin(2);
    series.float64(1, value);
    series.varint(2, (long) time);
    series.end(sample);
    int metadata = series.begin(5);
    series.varint(1, 1).varint(3, symbol(help)).varint(4, symbol("seconds"));
    series.end(metadata);
    series.end(begun);
    items++;
    return this;
  }

  /** A series with a sample and an exemplar behind it, with labels in turn. */
  public RemoteWrite exemplar(
      Labels labels, double time, double value, double exemplarTime, String... exemplarLabels) {
    int begun = series.begin(5);
    refs(pairs(labels));
    int sample = series.begin(2);
    series.float64(1, value);
    series.varint(2, (long) time);
    series.end(sample);
    int exemplar = series.begin(4);
    refs(exemplarLabels);
    series.float64(2, value);
    series.varint(3, (long) exemplarTime);
    series.end(exemplar);
    series.end(begun);
    items++;
    return this;
  }

  /** An exemplar apart from its series' samples, as Prometheus sends them. */
  public RemoteWrite exemplarAlone(Labels labels, double time, String... exemplarLabels) {
    int begun = series.begin(5);
    refs(pairs(labels));
    int exemplar = series.begin(4);
    refs(exemplarLabels);
    series.float64(2, 1);
    series.varint(3, (long) time);
    series.end(exemplar);
    series.end(begun);
    return this;
  }

  /** What a metric means, without a sample: as metadata of remote write 1.0 comes. */
  public RemoteWrite metadata(String name, String help) {
    int begun = series.begin(5);
    refs(new String[] {"__name__", name});
    int metadata = series.begin(5);
    series.varint(1, 1).varint(3, symbol(help)).varint(4, symbol("seconds"));
    series.end(metadata);
    series.end(begun);
    return this;
  }

  private void refs(String[] labels) {
    int begun = series.begin(1);
    for (String text : labels) {
      series.packedVarint(symbol(text));
    }
    series.end(begun);
  }

  public int items() {
    return items;
  }

  public byte[] toByteArray() {
    ProtoWriter out = new ProtoWriter(series.size() + 1024);
    symbols.keySet().forEach(text -> out.string(4, text));
    out.copy(series.array(), 0, series.size());
    return out.toByteArray();
  }
}
