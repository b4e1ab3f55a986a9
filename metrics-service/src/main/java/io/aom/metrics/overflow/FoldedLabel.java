package io.aom.metrics.overflow;

/**
 * A label of a metric with more values than its budget.
 *
 * @param values that have series of their own
 * @param foldedSeries that went into overflow series since it began
 * @param resource that sent most of them: its job and instance, or the name of its service
 * @param resourceSeries how many of them it sent at least; few where many senders are alike
 */
public record FoldedLabel(
    String metric,
    String label,
    long values,
    long foldedSeries,
    String resource,
    long resourceSeries) {

  /** With what another partition tells of the same label. */
  public FoldedLabel plus(FoldedLabel other) {
    boolean same = resource.equals(other.resource);
    boolean more = other.resourceSeries > resourceSeries;
    return new FoldedLabel(
        metric,
        label,
        values + other.values,
        foldedSeries + other.foldedSeries,
        more ? other.resource : resource,
        same
            ? resourceSeries + other.resourceSeries
            : Math.max(resourceSeries, other.resourceSeries));
  }
}
