package io.aom.metrics.promql;

import java.util.List;

/** What a query gave. */
public sealed interface Value {

  /** A number for each step. */
  record Scalar(double[] values) implements Value {}

  record Text(String value) implements Value {}

  /** Series with a place for each step; for a range query sorted by labels. */
  record Vector(List<StepSeries> series) implements Value {}

  /** Samples over a range; only an instant query gives it. */
  record Matrix(List<Points> series) implements Value {}
}
