package io.aom.ingest.remotewrite;

import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Refusals;
import io.aom.ingest.intake.SliceLimits;
import io.aom.ingest.intake.TimeCheck;
import io.aom.telemetry.remotewrite.RemoteWriteV2.Sample;
import io.aom.telemetry.wire.ProtoReader;
import java.util.concurrent.TimeUnit;

/**
 * Takes samples and histograms of the series that {@link MetricSlices} has open, one by one: checks
 * each, copies it as it stands, counts it or its refusal. Remote write 1.0 and 2.0 number the
 * fields of both alike.
 *
 * <p>Not thread-safe; allocates only to refuse.
 */
final class SeriesItems {
  private static final byte[] NOTHING = new byte[0];

  private final MetricSlices slices;
  private final SliceLimits limits;
  private final HistogramCheck histogramCheck = new HistogramCheck();

  private byte[] body = NOTHING;
  private Refusals refusals = new Refusals();
  private long earliest;
  private long latest;
  private long samples;
  private long histograms;

  SeriesItems(MetricSlices slices, SliceLimits limits) {
    this.slices = slices;
    this.limits = limits;
  }

  /**
   * Starts a request; items outside of {@code [earliest, latest]} epoch milliseconds are refused.
   */
  void begin(byte[] requestBody, long earliestMillis, long latestMillis, Refusals counted) {
    body = requestBody;
    earliest = earliestMillis;
    latest = latestMillis;
    refusals = counted;
    samples = 0;
    histograms = 0;
  }

  /** Lets go of the request's bytes. */
  void end() {
    body = NOTHING;
  }

  long samples() {
    return samples;
  }

  long histograms() {
    return histograms;
  }

  /** Counts samples that were copied together. */
  void taken(int count) {
    samples += count;
  }

  /** Takes the sample that is the reader's current field. */
  void sample(ProtoReader reader) {
    int length = reader.length();
    int from = reader.position();
    int outer = reader.narrow(length);
    long time = 0;
    while (reader.next()) {
      switch (reader.field()) {
        case Sample.VALUE -> reader.fixed64();
        case Sample.TIMESTAMP -> time = reader.int64();
        case Sample.START_TIMESTAMP -> reader.int64();
        default -> reader.skip();
      }
    }
    reader.leave(outer);
    if (TimeCheck.accepts(time, TimeUnit.MILLISECONDS, earliest, latest, refusals)) {
      slices.sample(body, from, from + length);
      samples++;
    }
  }

  /** Takes the histogram that is the reader's current field. */
  void histogram(ProtoReader reader) {
    int length = reader.length();
    int from = reader.position();
    int outer = reader.narrow(length);
    String fault = histogramCheck.fault(reader);
    reader.leave(outer);
    if (fault == null && length > limits.sliceBytes() / 2) {
      fault = "histogram: " + length + " bytes (expected: at most " + limits.sliceBytes() / 2 + ")";
    }
    if (fault != null) {
      refusals.add(RefusalReason.INVALID_HISTOGRAM, 1, fault);
    } else if (TimeCheck.accepts(
        histogramCheck.timeMillis(), TimeUnit.MILLISECONDS, earliest, latest, refusals)) {
      slices.histogram(body, from, from + length);
      histograms++;
    }
  }
}
