package io.aom.metrics.series;

import java.util.List;

/** A series with some of its exemplars. */
public record SeriesExemplars(Labels labels, List<Exemplar> exemplars) {
  public SeriesExemplars {
    exemplars = List.copyOf(exemplars);
  }
}
