package io.aom.metrics.series;

/**
 * One series with some of its samples.
 *
 * @param samples in strictly increasing time order
 */
public record Series(Labels labels, SampleColumns samples) {}
