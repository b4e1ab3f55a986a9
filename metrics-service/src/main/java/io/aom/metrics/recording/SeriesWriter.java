package io.aom.metrics.recording;

import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.util.List;

/** Stores what rules give. Safe for use by many threads. */
interface SeriesWriter {

  /**
   * Returns when Kafka has all samples. Written again they take the place of themselves.
   *
   * @throws IOException if they may not be there; write them again
   * @throws io.aom.telemetry.RejectedException with 400 if some are refused for good; the others
   *     are there
   */
  void write(TenantId tenant, long timeMillis, List<Recorded> samples)
      throws IOException, InterruptedException;
}
