package io.aom.metrics.query.web;

import io.aom.identity.Identity;
import io.aom.metrics.promql.QueryMemory;
import io.aom.metrics.query.MetricQueries;
import io.aom.metrics.query.MetricQueries.Answer;
import io.aom.metrics.query.RemoteReadWire;
import io.aom.metrics.series.Series;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.io.IOException;
import java.util.List;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.xerial.snappy.Snappy;

/**
 * Prometheus's remote read, as samples or as streamed XOR chunks. Native histograms go as samples
 * only.
 */
@RestController
@RequestMapping({"/prometheus/api/v1", "/api/v1"})
class RemoteReadController {
  /** Of a request when opened. */
  private static final int MAX_BYTES = 4 << 20;

  /** A message of samples is built whole in memory, some 20 bytes a sample. */
  private static final long MAX_SAMPLED = 5_000_000;

  private final MetricQueries queries;

  RemoteReadController(MetricQueries queries) {
    this.queries = queries;
  }

  @PostMapping("/read")
  @Takes("partial_response")
  void read(
      Identity identity, PrometheusParameters parameters, @RequestBody byte[] body, Reply reply)
      throws IOException {
    RemoteReadWire.Request request = RemoteReadWire.decode(open(body));
    try (QueryMemory.Account memory = queries.memory().open()) {
      Answer<List<List<Series>>> answer =
          parameters.whole(
              queries.read(identity.tenant(), request.selections(), reply::isAbandoned, memory));
      write(request, answer, reply);
    }
  }

  private static void write(
      RemoteReadWire.Request request, Answer<List<List<Series>>> answer, Reply reply)
      throws IOException {
    boolean histograms =
        answer.value().stream()
            .flatMap(List::stream)
            .anyMatch(series -> series.samples().hasHistograms());
    boolean streamed = request.streamed() && !histograms;
    if (!streamed && !request.sampled()) {
      throw new RejectedException(
          Problem.UNPROCESSABLE,
          "accepted_response_types: streamed only (expected: samples too, since some of these"
              + " series have native histograms)");
    }
    Envelope.completeness(reply, answer);
    if (streamed) {
      reply.header(
          "Content-Type", "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse");
      RemoteReadWire.stream(answer.value(), reply.body());
      return;
    }
    checkSize(answer.value());
    reply.header("Content-Type", "application/x-protobuf");
    reply.header("Content-Encoding", "snappy");
    reply.body().write(Snappy.compress(RemoteReadWire.encode(answer.value())));
  }

  private static byte[] open(byte[] body) {
    try {
      if (Snappy.uncompressedLength(body) > MAX_BYTES) {
        throw new RejectedException(
            Problem.TOO_LARGE,
            "body: more than " + MAX_BYTES + " bytes when opened (expected: at most that)");
      }
      return Snappy.uncompress(body);
    } catch (IOException e) {
      throw new RejectedException(
          Problem.BAD_REQUEST, "body: " + e.getMessage() + " (expected: snappy, block format)");
    }
  }

  private static void checkSize(List<List<Series>> results) {
    long samples =
        results.stream().flatMap(List::stream).mapToLong(one -> one.samples().size()).sum();
    if (samples > MAX_SAMPLED) {
      throw new RejectedException(
          Problem.UNPROCESSABLE,
          "samples: "
              + samples
              + " (expected: at most "
              + MAX_SAMPLED
              + " in one answer; narrow it, or accept streamed chunks)");
    }
  }
}
