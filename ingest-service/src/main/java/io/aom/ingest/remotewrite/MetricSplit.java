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
 * @param duplicates what of remote write 2.0 is not in the slices since another server sends it too
 * @param refusals what is not in the slices, and why
 */
public record MetricSplit(
    List<Slice> slices,
    long samples,
    long histograms,
    long exemplars,
    Duplicates duplicates,
    Refusals refusals) {
  /** What the server of a pair has sent that is not listened to now. */
  public record Duplicates(long samples, long histograms, long exemplars) {
    public static final Duplicates NONE = new Duplicates(0, 0, 0);

    Duplicates plus(long moreSamples, long moreHistograms, long moreExemplars) {
      return new Duplicates(
          samples + moreSamples, histograms + moreHistograms, exemplars + moreExemplars);
    }
  }

  /** Samples and histograms in the slices. */
  public long items() {
    return samples + histograms;
  }
}
