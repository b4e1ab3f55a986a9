package io.aom.metrics.series;

/**
 * One event behind a sample: its trace, usually.
 *
 * @param labels those that the sender gave the event, {@code trace_id} say
 * @param timeMillis epoch milliseconds
 */
public record Exemplar(Labels labels, long timeMillis, double value) {}
