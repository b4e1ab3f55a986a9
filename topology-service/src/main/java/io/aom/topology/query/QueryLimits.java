package io.aom.topology.query;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Bounds on one query, so that no single caller can take the service down.
 *
 * @param maxTraces most traces on a page
 * @param maxSpansPerTrace most spans of a trace that are shown; the answer then says it is partial
 * @param maxGraphParts most blocks' parts that a question for services or topology reads
 */
@ConfigurationProperties("aom.topology.query")
public record QueryLimits(
    @DefaultValue("500") int maxTraces,
    @DefaultValue("20000") int maxSpansPerTrace,
    @DefaultValue("20000") int maxGraphParts) {

  public QueryLimits {
    if (maxTraces < 1 || maxSpansPerTrace < 1 || maxGraphParts < 1) {
      throw new IllegalArgumentException(
          "aom.topology.query: "
              + maxTraces
              + ", "
              + maxSpansPerTrace
              + ", "
              + maxGraphParts
              + " (expected: at least 1 each)");
    }
  }

  int traceLimit(int asked) {
    if (asked < 1 || asked > maxTraces) {
      throw new RejectedException(
          Problem.BAD_REQUEST, "limit: " + asked + " (expected: 1 to " + maxTraces + ")");
    }
    return asked;
  }
}
