package io.aom.metrics.query.web;

import io.aom.metrics.promql.FloatHistogram;
import io.aom.metrics.promql.Numbers;
import io.aom.metrics.promql.Points;
import io.aom.metrics.promql.QueryResult;
import io.aom.metrics.promql.StepGrid;
import io.aom.metrics.promql.StepSeries;
import io.aom.metrics.promql.Value;
import io.aom.metrics.query.QueryStatistics;
import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SeriesExemplars;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes results as Prometheus's HTTP API does: times as seconds, values as texts. */
final class PrometheusJson {
  /** Warning where {@code limit} left something out. */
  static final String TRUNCATED = "results truncated due to limit";

  private static final double NANOS_PER_SECOND = 1e9;

  private final JsonGenerator json;

  PrometheusJson(JsonGenerator json) {
    this.json = json;
  }

  /**
   * The {@code data} of a query.
   *
   * @param limit most series; 0 for all
   * @param statistics what it took, if that is wanted
   */
  void data(QueryResult result, int limit, @Nullable QueryStatistics statistics) {
    json.writeStartObject();
    StepGrid grid = result.grid();
    switch (result.value()) {
      case Value.Scalar(double[] values) when grid.isInstant() -> {
        json.writeStringProperty("resultType", "scalar");
        json.writeName("result");
        pair(grid.at(0), values[0]);
      }
      case Value.Text(String text) -> {
        json.writeStringProperty("resultType", "string");
        json.writeName("result");
        json.writeStartArray();
        seconds(grid.at(0));
        json.writeString(text);
        json.writeEndArray();
      }
      case Value.Scalar(double[] values) -> {
        start("matrix");
        json.writeStartObject();
        metric(Labels.EMPTY);
        json.writeName("values");
        json.writeStartArray();
        for (int i = 0; i < values.length; i++) {
          pair(grid.at(i), values[i]);
        }
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndArray();
      }
      case Value.Vector(List<StepSeries> series) -> {
        start(grid.isInstant() ? "vector" : "matrix");
        for (StepSeries one : limited(series, limit)) {
          if (grid.isInstant()) {
            instant(one, grid);
          } else {
            range(one, grid);
          }
        }
        json.writeEndArray();
      }
      case Value.Matrix(List<Points> series) -> {
        start("matrix");
        limited(series, limit).forEach(this::points);
        json.writeEndArray();
      }
    }
    if (statistics != null) {
      json.writeName("stats");
      statistics(statistics);
    }
    json.writeEndObject();
  }

  private void statistics(QueryStatistics statistics) {
    json.writeStartObject();
    json.writeName("timings");
    json.writeStartObject();
    seconds("evalTotalTime", statistics.workNanos());
    seconds("resultSortTime", statistics.sortNanos());
    seconds("queryPreparationTime", statistics.readNanos());
    seconds("innerEvalTime", statistics.evaluationNanos());
    seconds("execQueueTime", statistics.queueNanos());
    seconds("execTotalTime", statistics.totalNanos());
    json.writeEndObject();
    json.writeName("samples");
    json.writeStartObject();
    json.writeNumberProperty("totalQueryableSamples", statistics.samples());
    json.writeNumberProperty("samplesRead", statistics.samples());
    json.writeNumberProperty("peakSamples", statistics.peakValues());
    json.writeEndObject();
    json.writeStringProperty("resolution", statistics.resolution());
    json.writeEndObject();
  }

  private void seconds(String name, long nanos) {
    json.writeNumberProperty(name, nanos / NANOS_PER_SECOND);
  }

  /** How many series a result has. */
  static int count(QueryResult result) {
    return switch (result.value()) {
      case Value.Vector(List<StepSeries> series) -> series.size();
      case Value.Matrix(List<Points> series) -> series.size();
      default -> 1;
    };
  }

  private static <T> List<T> limited(List<T> all, int limit) {
    return limit > 0 && limit < all.size() ? all.subList(0, limit) : all;
  }

  private void start(String type) {
    json.writeStringProperty("resultType", type);
    json.writeName("result");
    json.writeStartArray();
  }

  private void instant(StepSeries series, StepGrid grid) {
    json.writeStartObject();
    metric(series.labels());
    FloatHistogram histogram = series.histogram(0);
    if (histogram == null) {
      json.writeName("value");
      pair(grid.at(0), series.value(0));
    } else {
      json.writeName("histogram");
      histogram(grid.at(0), histogram);
    }
    json.writeEndObject();
  }

  private void range(StepSeries series, StepGrid grid) {
    json.writeStartObject();
    metric(series.labels());
    boolean opened = false;
    for (int i = 0; i < series.steps(); i++) {
      if (series.isFloat(i)) {
        if (!opened) {
          json.writeName("values");
          json.writeStartArray();
          opened = true;
        }
        pair(grid.at(i), series.value(i));
      }
    }
    if (opened) {
      json.writeEndArray();
    }
    opened = false;
    for (int i = 0; i < series.steps(); i++) {
      FloatHistogram histogram = series.histogram(i);
      if (histogram != null) {
        if (!opened) {
          json.writeName("histograms");
          json.writeStartArray();
          opened = true;
        }
        histogram(grid.at(i), histogram);
      }
    }
    if (opened) {
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private void points(Points points) {
    json.writeStartObject();
    metric(points.labels());
    if (points.floatCount() > 0) {
      json.writeName("values");
      json.writeStartArray();
      for (int i = 0; i < points.floatCount(); i++) {
        pair(points.floatTime(i), points.floatValue(i));
      }
      json.writeEndArray();
    }
    if (points.histogramCount() > 0) {
      json.writeName("histograms");
      json.writeStartArray();
      for (int i = 0; i < points.histogramCount(); i++) {
        histogram(points.histogramTime(i), points.histogram(i));
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  /** The {@code data} of a query for exemplars. */
  void exemplars(List<SeriesExemplars> all) {
    json.writeStartArray();
    for (SeriesExemplars series : all) {
      json.writeStartObject();
      json.writeName("seriesLabels");
      labels(series.labels());
      json.writeName("exemplars");
      json.writeStartArray();
      for (Exemplar exemplar : series.exemplars()) {
        json.writeStartObject();
        json.writeName("labels");
        labels(exemplar.labels());
        json.writeStringProperty("value", Numbers.formatValue(exemplar.value()));
        json.writeName("timestamp");
        seconds(exemplar.timeMillis());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void metric(Labels labels) {
    json.writeName("metric");
    labels(labels);
  }

  void labels(Labels labels) {
    json.writeStartObject();
    for (int i = 0; i < labels.size(); i++) {
      json.writeStringProperty(labels.name(i), labels.value(i));
    }
    json.writeEndObject();
  }

  private void pair(long timeMillis, double value) {
    json.writeStartArray();
    seconds(timeMillis);
    json.writeString(Numbers.formatValue(value));
    json.writeEndArray();
  }

  private void seconds(long timeMillis) {
    if (timeMillis % 1000 == 0) {
      json.writeNumber(timeMillis / 1000);
    } else {
      json.writeNumber(BigDecimal.valueOf(timeMillis, 3));
    }
  }

  private void histogram(long timeMillis, FloatHistogram histogram) {
    json.writeStartArray();
    seconds(timeMillis);
    json.writeStartObject();
    json.writeStringProperty("count", Numbers.formatValue(histogram.count()));
    json.writeStringProperty("sum", Numbers.formatValue(histogram.sum()));
    List<FloatHistogram.Bucket> buckets = histogram.buckets();
    if (!buckets.isEmpty()) {
      json.writeName("buckets");
      json.writeStartArray();
      for (FloatHistogram.Bucket bucket : buckets) {
        json.writeStartArray();
        json.writeNumber(boundaryRule(bucket, histogram.isCustom()));
        json.writeString(Numbers.formatValue(bucket.lower()));
        json.writeString(Numbers.formatValue(bucket.upper()));
        json.writeString(Numbers.formatValue(bucket.count()));
        json.writeEndArray();
      }
      json.writeEndArray();
    }
    json.writeEndObject();
    json.writeEndArray();
  }

  /**
   * 0: only the upper bound belongs to the bucket; 1: only the lower; 3: both, as with the zero
   * bucket and the first of custom ones.
   */
  private static int boundaryRule(FloatHistogram.Bucket bucket, boolean custom) {
    if (custom) {
      return bucket.lower() == Double.NEGATIVE_INFINITY ? 3 : 0;
    }
    if (bucket.lower() == -bucket.upper()) {
      return 3;
    }
    return bucket.lower() < 0 ? 1 : 0;
  }
}
