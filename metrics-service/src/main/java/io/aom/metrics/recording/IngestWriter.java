package io.aom.metrics.recording;

import io.aom.identity.Identity;
import io.aom.identity.IdentityTokens;
import io.aom.identity.Role;
import io.aom.metrics.promql.FloatHistogram;
import io.aom.metrics.series.Labels;
import io.aom.service.http.ObservedHttpClient;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.remotewrite.SymbolTable;
import io.aom.telemetry.remotewrite.WriteRequestBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.xerial.snappy.Snappy;

/**
 * Sends what rules give to ingest-service, by remote write 2.0 as any agent would: so it is counted
 * in the ledger, kept within the tenant's limits, and acknowledged when Kafka has it.
 */
final class IngestWriter implements SeriesWriter, AutoCloseable {
  private static final String PATH = "/api/v1/write";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int SERIES_AT_A_TIME = 2_000;
  private static final int MAX_REASON_LENGTH = 500;

  private final URI endpoint;
  private final IdentityTokens tokens;
  private final ObservedHttpClient http;

  /**
   * @param ingest base URL of ingest-service
   * @param http is closed with this
   */
  IngestWriter(URI ingest, IdentityTokens tokens, ObservedHttpClient http) {
    this.endpoint = ingest.resolve(PATH);
    this.tokens = tokens;
    this.http = http;
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
    Identity identity = new Identity("recording-rules", tenant, Set.of(Role.AGENT));
    HttpResponse<String> response =
        http.send(
            PATH,
            HttpRequest.newBuilder(endpoint)
                .timeout(TIMEOUT)
                .header(IdentityTokens.HEADER, tokens.mint(identity))
                .header(
                    "Content-Type", "application/x-protobuf;proto=io.prometheus.write.v2.Request")
                .header("Content-Encoding", "snappy")
                .header("X-Prometheus-Remote-Write-Version", "2.0.0")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Snappy.compress(request))),
            HttpResponse.BodyHandlers.ofString());
    int status = response.statusCode();
    if (status / 100 == 2) {
      return;
    }
    String body = response.body();
    String reason =
        body.length() <= MAX_REASON_LENGTH ? body : body.substring(0, MAX_REASON_LENGTH);
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
      request.beginSeries(refs, 2 * labels.size());
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

  @Override
  public void close() {
    http.close();
  }
}
