package io.aom.ingest.remotewrite;

import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.ingest.body.BodyProblem;
import io.aom.ingest.body.BodyReader;
import io.aom.ingest.body.ContentCoding;
import io.aom.ingest.body.InFlightBytes;
import io.aom.ingest.body.Payload;
import io.aom.ingest.intake.Intake;
import io.aom.ingest.intake.IntakeMetrics;
import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.RequestDigest;
import io.aom.ingest.intake.Signal;
import io.aom.service.identity.RequiresRole;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.MalformedWireException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Prometheus remote write 1.0 and 2.0, told apart by the content type. */
@RestController
@RequiresRole(Role.AGENT)
class RemoteWriteController {
  private static final String V1 = "prometheus.WriteRequest";
  private static final String V2 = "io.prometheus.write.v2.Request";
  private static final String WRITTEN = "X-Prometheus-Remote-Write-%s-Written";

  /** Prometheus' own receiver takes a missing coding for snappy, so there are senders without. */
  private static final Set<ContentCoding> CODINGS =
      EnumSet.of(ContentCoding.SNAPPY, ContentCoding.ZSTD, ContentCoding.GZIP);

  private final Intake intake;
  private final IntakeMetrics metrics;
  private final BodyReader bodies;
  private final InFlightBytes inFlight;
  private final RemoteWriteSplitters splitters;
  private final InstantSource clock;

  RemoteWriteController(
      Intake intake,
      IntakeMetrics metrics,
      BodyReader bodies,
      InFlightBytes inFlight,
      RemoteWriteSplitters splitters,
      InstantSource clock) {
    this.intake = intake;
    this.metrics = metrics;
    this.bodies = bodies;
    this.inFlight = inFlight;
    this.splitters = splitters;
    this.clock = clock;
  }

  @PostMapping({"/api/v1/write", "/api/v1/push", "/prometheus/api/v1/write"})
  void write(Identity identity, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    long started = System.nanoTime();
    int status = 500;
    String protocol = "remote-write";
    try {
      boolean second = isSecond(request.getContentType());
      protocol = second ? "remote-write-2" : "remote-write-1";
      take(identity.tenant(), second, request, response);
      status = HttpServletResponse.SC_NO_CONTENT;
      response.setStatus(status);
    } catch (RejectedException e) {
      status = e.problem().status();
      throw e;
    } finally {
      metrics.request(protocol, status, Duration.ofNanos(System.nanoTime() - started));
    }
  }

  private void take(
      TenantId tenant, boolean second, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    long now = clock.millis();
    ContentCoding coding =
        ContentCoding.of(request.getHeader("Content-Encoding"), ContentCoding.SNAPPY, CODINGS);
    int partitions = intake.partitions(Signal.METRICS);
    try (InFlightBytes.Lease lease = inFlight.lease()) {
      Payload payload =
          bodies.read(request.getInputStream(), request.getContentLengthLong(), coding, lease);
      metrics.body(Signal.METRICS, payload.wireBytes(), payload.length());
      // The slices are about as large as what they are made of, at most.
      lease.take(payload.length());
      MetricSplit split;
      try {
        split = splitters.split(second, partitions, tenant, payload, now);
      } catch (MalformedWireException e) {
        intake.refused(Signal.METRICS, tenant, RefusalReason.MALFORMED, 1, now);
        throw new RejectedException(
            Problem.BAD_REQUEST,
            "body: " + e.getMessage() + " (expected: " + (second ? V2 : V1) + ")",
            Map.of("reason", RefusalReason.MALFORMED.label()));
      }
      intake.accept(
          Signal.METRICS,
          tenant,
          RequestDigest.of(tenant, payload.bytes(), payload.length()),
          now,
          request.getHeader("traceparent"),
          split.slices(),
          split.refusals());
      if (second) {
        response.setHeader(WRITTEN.formatted("Samples"), Long.toString(split.samples()));
        response.setHeader(WRITTEN.formatted("Histograms"), Long.toString(split.histograms()));
        response.setHeader(WRITTEN.formatted("Exemplars"), Long.toString(split.exemplars()));
      }
      if (split.refusals().faults() > 0) {
        throw refusal(split);
      }
    }
  }

  /**
   * What could be stored is; the sender must not send it again, so 400 as both versions want it.
   */
  private static RejectedException refusal(MetricSplit split) {
    Map<String, Object> refused = new LinkedHashMap<>();
    split.refusals().counts().forEach((reason, count) -> refused.put(reason.label(), count));
    return new RejectedException(
        Problem.BAD_REQUEST,
        split.refusals().message(),
        Map.of("refused", refused, "written", split.items()));
  }

  private static boolean isSecond(@Nullable String contentType) {
    if (contentType == null || contentType.isBlank()) {
      return false;
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
