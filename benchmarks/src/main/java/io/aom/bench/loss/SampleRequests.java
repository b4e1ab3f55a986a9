package io.aom.bench.loss;

import io.aom.bench.payload.Fields;
import io.aom.telemetry.wire.ProtoWriter;
import java.io.IOException;
import java.util.List;
import org.xerial.snappy.Snappy;

/**
 * Remote write 1.0: each request has one sample of each of {@value #PER_REQUEST} series. Request
 * {@code n} belongs to group {@code n mod GROUPS} of the series and to step {@code n / GROUPS}, so
 * requests of a group must be sent in order.
 *
 * @param endMillis time of the last step
 */
record SampleRequests(String run, long wanted, long endMillis) implements Requests {
  static final int PER_REQUEST = 2_000;
  static final int GROUPS = 4;
  static final int METRICS = 20;
  static final long STEP_MILLIS = 2_000;

  static String metric(int index) {
    return "loss_metric_" + index;
  }

  int steps() {
    return Math.toIntExact(Math.ceilDiv(wanted, (long) PER_REQUEST * GROUPS));
  }

  /** Value of every sample of a step; whole and below 2^20, so that sums are exact. */
  static int value(int step) {
    return (step * 7_919) & 0xf_ffff;
  }

  long startMillis() {
    return endMillis - (steps() - 1) * STEP_MILLIS;
  }

  /** Series of one metric. */
  static int seriesPerMetric() {
    return PER_REQUEST * GROUPS / METRICS;
  }

  @Override
  public String signal() {
    return "metrics";
  }

  @Override
  public String path() {
    return "/api/v1/write";
  }

  @Override
  public List<String> headers() {
    return List.of(
        "Content-Type",
        "application/x-protobuf",
        "Content-Encoding",
        "snappy",
        "X-Prometheus-Remote-Write-Version",
        "0.1.0");
  }

  @Override
  public int size() {
    return steps() * GROUPS;
  }

  @Override
  public int lanes() {
    return GROUPS;
  }

  @Override
  public int itemsPerRequest() {
    return PER_REQUEST;
  }

  @Override
  public byte[] body(int number) throws IOException {
    int step = number / GROUPS;
    int first = number % GROUPS * PER_REQUEST;
    var writer = new ProtoWriter(1 << 19);
    for (int series = first; series < first + PER_REQUEST; series++) {
      int begun = writer.begin(1);
      Fields.label(writer, "__name__", metric(series % METRICS));
      Fields.label(writer, "instance", "target-" + series / METRICS);
      Fields.label(writer, "job", "loss");
      Fields.label(writer, "run", run);
      int sample = writer.begin(2);
      writer.float64(1, value(step));
      writer.varint(2, startMillis() + step * STEP_MILLIS);
      writer.end(sample);
      writer.end(begun);
    }
    return Snappy.compress(writer.toByteArray());
  }
}
