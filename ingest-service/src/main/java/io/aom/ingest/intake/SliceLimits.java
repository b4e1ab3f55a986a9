package io.aom.ingest.intake;

/**
 * Bounds that splitting a request applies.
 *
 * @param sliceBytes most bytes of a slice, and of one log record or span
 * @param labelsPerSeries most labels, the name included
 * @param futureMillis how far ahead of our clock a time may be
 * @param pastMillis how far behind our clock a time may be
 * @param attributesPerRecord most attributes of a log record, span or data point; further ones are
 *     dropped and counted in the record itself
 * @param logBodyBytes most bytes of a log record's text; the rest is cut off and marked
 */
public record SliceLimits(
    int sliceBytes,
    int labelsPerSeries,
    int labelNameBytes,
    int labelValueBytes,
    long futureMillis,
    long pastMillis,
    int attributesPerRecord,
    int logBodyBytes) {}
