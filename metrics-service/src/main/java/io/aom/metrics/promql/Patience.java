package io.aom.metrics.promql;

/** Whether somebody still waits for a query's answer. */
@FunctionalInterface
public interface Patience {
  Patience ENDLESS = () -> {};

  /**
   * @throws PromqlException of kind {@link PromqlException.Kind#TIMEOUT} or {@link
   *     PromqlException.Kind#CANCELED}
   */
  void check();
}
