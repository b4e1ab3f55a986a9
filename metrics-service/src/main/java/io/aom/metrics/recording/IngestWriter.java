package io.aom.metrics.recording;

import io.aom.metrics.ingest.IngestClient;
import io.aom.metrics.promql.FloatHistogram;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.remotewrite.SymbolTable;
import io.aom.telemetry.remotewrite.WriteRequestBuilder;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.xerial.snappy.Snappy;

/** Sends what rules give through ingest-service, by remote write 2.0. */
final class IngestWriter implements SeriesWriter {
  private static final int SERIES_AT_A_TIME = 2_000;

  private final IngestClient ingest;

  IngestWriter(IngestClient ingest) {
    this.ingest = ingest;
  }

  @Override
  public void write(TenantId tenant, long timeMillis, List<Recorded> samples)
      throws IOException, InterruptedException {
    RejectedException refused = null;
    for (int from = 0; from < samples.size(); from += SERIES_AT_A_TIME) {
      List<Recorded> some =
          samples.subList(from, Math.min(samples.size(), from + SERIES_AT_A_TIME));
      try {
        send(tenant, encode(timeMillis, some));
      } catch (RejectedException e) {
        refused = e; // of some of these; the others are to be written all the same
      }
    }
    if (refused != null) {
      throw refused;
    }
  }

  private void send(TenantId tenant, byte[] request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        ingest.post(
            "/api/v1/write",
            "recording-rules",
            tenant,
            Snappy.compress(request),
            "Content-Type",
            "application/x-protobuf;proto=io.prometheus.write.v2.Request",
            "Content-Encoding",
            "snappy",
            "X-Prometheus-Remote-Write-Version",
            "2.0.0");
    int status = response.statusCode();
    if (status / 100 == 2) {
      return;
    }
    String reason = IngestClient.reason(response);
    if (status == 400 || status == 413 || status == 422) {
      throw new RejectedException(Problem.BAD_REQUEST, "not all was taken: " + reason);
    }
    throw new IOException("ingest-service answered " + status + ": " + reason);
  }

  static byte[] encode(long timeMillis, List<Recorded> samples) {
    SymbolTable symbols = new SymbolTable();
    WriteRequestBuilder request = new WriteRequestBuilder(symbols);
    int[] refs = new int[64];
    for (Recorded sample : samples) {
      Labels labels = sample.labels();
      refs = refs.length < 2 * labels.size() ? new int[2 * labels.size()] : refs;
      for (int i = 0; i < labels.size(); i++) {
        refs[2 * i] = intern(symbols, labels.name(i));
        refs[2 * i + 1] = intern(symbols, labels.value(i));
      }
      request.beginSeries(refs, 0, 2 * labels.size());
      FloatHistogram histogram = sample.histogram();
      if (histogram == null) {
        request.sample(Double.doubleToRawLongBits(sample.value()), timeMillis, 0);
      } else {
        byte[] wire = histogram.toWire(timeMillis);
        request.histogram(wire, 0, wire.length);
      }
      request.endSeries();
    }
    return request.toByteArray();
  }

  private static int intern(SymbolTable symbols, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return symbols.intern(bytes, 0, bytes.length);
  }
}
