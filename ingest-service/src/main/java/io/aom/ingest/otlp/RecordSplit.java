package io.aom.ingest.otlp;

import io.aom.ingest.intake.Refusals;
import io.aom.ingest.intake.Slice;
import java.util.List;

/**
 * What became of one request with log records or spans.
 *
 * @param slices to be stored
 * @param items records in the slices
 * @param refusals what is not in the slices, and why
 */
public record RecordSplit(List<Slice> slices, long items, Refusals refusals) {}
