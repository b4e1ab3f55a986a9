package io.aom.ingest.remotewrite;

import io.aom.ingest.body.Body;
import io.aom.ingest.body.BodyProblem;
import io.aom.ingest.body.ContentCoding;
import io.aom.ingest.body.Payload;
import io.aom.ingest.intake.Intake;
import io.aom.ingest.intake.IntakeAnswer;
import io.aom.ingest.intake.IntakeEndpoint;
import io.aom.ingest.intake.IntakeMetrics;
import io.aom.ingest.intake.IntakeRequest;
import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.RequestDigest;
import io.aom.ingest.intake.Signal;
import io.aom.service.problem.ProblemWriter;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.wire.MalformedWireException;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.util.InvalidMimeTypeException;

/** Prometheus remote write 1.0 and 2.0, told apart by the content type. */
public final class RemoteWriteEndpoint implements IntakeEndpoint {
  private static final String V1 = "prometheus.WriteRequest";
  private static final String V2 = "io.prometheus.write.v2.Request";
  private static final String WRITTEN = "X-Prometheus-Remote-Write-%s-Written";
  private static final int NO_CONTENT = 204;

  /** Prometheus' own receiver takes a missing coding for snappy, so there are senders without. */
  private static final Set<ContentCoding> CODINGS =
      EnumSet.of(ContentCoding.SNAPPY, ContentCoding.ZSTD, ContentCoding.GZIP);

  private final Intake intake;
  private final IntakeMetrics metrics;
  private final RemoteWriteSplitters splitters;
  private final ProblemWriter problems;
  private final InstantSource clock;

  RemoteWriteEndpoint(
      Intake intake,
      IntakeMetrics metrics,
      RemoteWriteSplitters splitters,
      ProblemWriter problems,
      InstantSource clock) {
    this.intake = intake;
    this.metrics = metrics;
    this.splitters = splitters;
    this.problems = problems;
    this.clock = clock;
  }

  @Override
  public IntakeAnswer answer(IntakeRequest request) throws IOException {
    long started = System.nanoTime();
    int status = 500;
    String protocol = "remote-write";
    Map<String, String> headers = new HashMap<>();
    try {
      boolean second = isSecond(request.header("Content-Type"));
      protocol = second ? "remote-write-2" : "remote-write-1";
      take(second, request, headers);
      status = NO_CONTENT;
      return new IntakeAnswer(status, headers, new byte[0]);
    } catch (RejectedException e) {
      status = e.problem().status();
      headers.putAll(problems.headers(e));
      return new IntakeAnswer(status, headers, problems.body(e));
    } finally {
      metrics.request(protocol, status, Duration.ofNanos(System.nanoTime() - started));
    }
  }

  private void take(boolean second, IntakeRequest request, Map<String, String> headers)
      throws IOException {
    long now = clock.millis();
    ContentCoding coding =
        ContentCoding.of(request.header("Content-Encoding"), ContentCoding.SNAPPY, CODINGS);
    int partitions = intake.partitions(Signal.METRICS);
    try (Body body = request.body()) {
      Payload payload = intake.decode(Signal.METRICS, request.tenant(), body, coding, now);
      MetricSplit split;
      try {
        split = splitters.split(second, partitions, request.tenant(), payload, now, body::take);
      } catch (MalformedWireException e) {
        intake.refused(Signal.METRICS, request.tenant(), RefusalReason.MALFORMED, 1, now);
        throw new RejectedException(
            Problem.BAD_REQUEST,
            "body: " + e.getMessage() + " (expected: " + (second ? V2 : V1) + ")",
            Map.of("reason", RefusalReason.MALFORMED.label()));
      }
      intake.accept(
          Signal.METRICS,
          request.tenant(),
          RequestDigest.of(request.tenant(), payload),
          now,
          request.header("traceparent"),
          split.slices(),
          split.refusals());
      if (second) {
        written(split, headers);
      }
      if (split.refusals().faults() > 0) {
        throw refusal(split);
      }
    }
  }

  /**
   * To the sender, what the other server of its pair has sent is written: Prometheus takes a
   * success with nothing written for a failure, and counts what is missing as lost.
   */
  private static void written(MetricSplit split, Map<String, String> headers) {
    MetricSplit.Duplicates duplicates = split.duplicates();
    headers.put(
        WRITTEN.formatted("Samples"), Long.toString(split.samples() + duplicates.samples()));
    headers.put(
        WRITTEN.formatted("Histograms"),
        Long.toString(split.histograms() + duplicates.histograms()));
    headers.put(
        WRITTEN.formatted("Exemplars"), Long.toString(split.exemplars() + duplicates.exemplars()));
  }

  /**
   * What could be stored is; the sender must not send it again, so 400 as both versions want it.
   */
  private static RejectedException refusal(MetricSplit split) {
    Map<String, Object> refused = new LinkedHashMap<>();
    split.refusals().faultCounts().forEach((reason, count) -> refused.put(reason.label(), count));
    return new RejectedException(
        Problem.BAD_REQUEST,
        split.refusals().message(),
        Map.of("refused", refused, "written", split.items()));
  }

  private static boolean isSecond(@Nullable String contentType) {
    if (contentType == null || contentType.isBlank()) {
      return false;
    }
    if (contentType.equals("application/x-protobuf")) {
      return false; // what Prometheus sends
    }
    MediaType type;
    try {
      type = MediaType.parseMediaType(contentType);
    } catch (InvalidMimeTypeException e) {
      throw unsupported(contentType);
    }
    if (!"application/x-protobuf".equals(type.getType() + "/" + type.getSubtype())) {
      throw unsupported(contentType);
    }
    String proto = type.getParameter("proto");
    if (proto == null || proto.equals(V1)) {
      return false;
    }
    if (proto.equals(V2)) {
      return true;
    }
    throw unsupported(contentType);
  }

  private static RejectedException unsupported(String contentType) {
    return new RejectedException(
        BodyProblem.UNSUPPORTED,
        "Content-Type: "
            + contentType
            + " (expected: application/x-protobuf, with proto="
            + V1
            + " or proto="
            + V2
            + ")");
  }
}
