package io.aom.ingest.remotewrite;

import io.aom.ingest.intake.Refusals;
import io.aom.ingest.intake.Slice;
import java.util.List;

/**
 * What became of one request with metrics.
 *
 * @param slices to be stored
 * @param samples float samples in the slices
 * @param histograms native histograms in the slices
 * @param exemplars exemplars in the slices
 * @param refusals what is not in the slices, and why
 */
public record MetricSplit(
    List<Slice> slices, long samples, long histograms, long exemplars, Refusals refusals) {
  /** Samples and histograms in the slices. */
  public long items() {
    return samples + histograms;
  }
}
