package io.aom.ingest.otlp;

import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.ingest.body.BodyProblem;
import io.aom.ingest.body.BodyReader;
import io.aom.ingest.body.ContentCoding;
import io.aom.ingest.body.InFlightBytes;
import io.aom.ingest.body.Payload;
import io.aom.ingest.entities.ResourceWatch;
import io.aom.ingest.intake.Intake;
import io.aom.ingest.intake.IntakeMetrics;
import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Refusals;
import io.aom.ingest.intake.RequestDigest;
import io.aom.ingest.intake.Signal;
import io.aom.service.identity.RequiresRole;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** OTLP over HTTP. Every answer, an error too, is in the content type of the request. */
@RestController
@RequiresRole(Role.AGENT)
class OtlpController {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";
  private static final Set<ContentCoding> CODINGS =
      EnumSet.of(ContentCoding.IDENTITY, ContentCoding.GZIP, ContentCoding.ZSTD);

  private final Intake intake;
  private final IntakeMetrics metrics;
  private final BodyReader bodies;
  private final InFlightBytes inFlight;
  private final OtlpSplitters splitters;
  private final ResourceWatch resources;
  private final InstantSource clock;

  OtlpController(
      Intake intake,
      IntakeMetrics metrics,
      BodyReader bodies,
      InFlightBytes inFlight,
      OtlpSplitters splitters,
      ResourceWatch resources,
      InstantSource clock) {
    this.intake = intake;
    this.metrics = metrics;
    this.bodies = bodies;
    this.inFlight = inFlight;
    this.splitters = splitters;
    this.resources = resources;
    this.clock = clock;
  }

  @PostMapping({"/v1/logs", "/otlp/v1/logs"})
  void logs(Identity identity, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    serve(Signal.LOGS, identity.tenant(), request, response);
  }

  @PostMapping({"/v1/traces", "/otlp/v1/traces"})
  void traces(Identity identity, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    serve(Signal.SPANS, identity.tenant(), request, response);
  }

  @PostMapping({"/v1/metrics", "/otlp/v1/metrics", "/api/v1/otlp/v1/metrics"})
  void metrics(Identity identity, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    serve(Signal.METRICS, identity.tenant(), request, response);
  }

  private void serve(
      Signal signal, TenantId tenant, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    long started = System.nanoTime();
    int status = 500;
    boolean json = false;
    try {
      json = isJson(request.getContentType());
      Refusals refusals = take(signal, tenant, json, request);
      status = HttpServletResponse.SC_OK;
      String text = refusals.message();
      String message = text.isEmpty() ? null : text;
      write(
          response,
          status,
          json,
          json
              ? RpcStatus.partialJson(rejectedName(signal), refusals.total(), message)
              : RpcStatus.partialProtobuf(refusals.total(), message));
    } catch (RejectedException e) {
      status = e.problem().status();
      fail(response, json || status == BodyProblem.UNSUPPORTED.status(), e);
    } finally {
      String protocol = json ? "otlp-json" : "otlp-protobuf";
      metrics.request(protocol, status, Duration.ofNanos(System.nanoTime() - started));
    }
  }

  private Refusals take(Signal signal, TenantId tenant, boolean json, HttpServletRequest request)
      throws IOException {
    long now = clock.millis();
    ContentCoding coding =
        ContentCoding.of(request.getHeader("Content-Encoding"), ContentCoding.IDENTITY, CODINGS);
    int partitions = intake.partitions(signal);
    try (InFlightBytes.Lease lease = inFlight.lease()) {
      Payload payload =
          bodies.read(request.getInputStream(), request.getContentLengthLong(), coding, lease);
      metrics.body(signal, payload.wireBytes(), payload.length());
      RequestDigest digest = RequestDigest.of(tenant, payload.bytes(), payload.length());
      // The slices are about as large as what they are made of; JSON becomes protobuf before.
      lease.take(json ? 2L * payload.length() : payload.length());
      Payload protobuf = json ? protobuf(signal, tenant, payload, now) : payload;
      RecordSplit split = split(signal, tenant, protobuf, digest, partitions, now);
      intake.accept(
          signal,
          tenant,
          digest,
          now,
          request.getHeader("traceparent"),
          split.slices(),
          split.refusals());
      resources.look(tenant, protobuf.bytes(), protobuf.length(), now);
      return split.refusals();
    }
  }

  private RecordSplit split(
      Signal signal,
      TenantId tenant,
      Payload payload,
      RequestDigest digest,
      int partitions,
      long now) {
    try {
      return switch (signal) {
        case METRICS -> splitters.metrics(partitions, tenant, payload, now);
        case LOGS -> splitters.logs(partitions, tenant, payload, digest, now);
        case SPANS -> splitters.spans(partitions, payload, now);
      };
    } catch (MalformedWireException e) {
      throw malformed(signal, tenant, now, e);
    }
  }

  private Payload protobuf(Signal signal, TenantId tenant, Payload json, long now) {
    try {
      ProtoWriter writer = OtlpJson.toProtobuf(signal, json.bytes(), json.length());
      return new Payload(writer.array(), writer.size(), json.wireBytes());
    } catch (MalformedWireException e) {
      throw malformed(signal, tenant, now, e);
    }
  }

  private RejectedException malformed(
      Signal signal, TenantId tenant, long now, MalformedWireException e) {
    intake.refused(signal, tenant, RefusalReason.MALFORMED, 1, now);
    return new RejectedException(
        Problem.BAD_REQUEST,
        "body: " + e.getMessage() + " (expected: an OTLP export request)",
        Map.of("reason", RefusalReason.MALFORMED.label()));
  }

  private static boolean isJson(@Nullable String contentType) {
    String type = contentType == null ? "" : contentType.split(";", 2)[0].strip();
    if (type.equalsIgnoreCase(JSON)) {
      return true;
    }
    if (type.equalsIgnoreCase(PROTOBUF)) {
      return false;
    }
    throw new RejectedException(
        BodyProblem.UNSUPPORTED,
        "Content-Type: " + contentType + " (expected: " + PROTOBUF + " or " + JSON + ")");
  }

  private static String rejectedName(Signal signal) {
    return switch (signal) {
      case METRICS -> "rejectedDataPoints";
      case LOGS -> "rejectedLogRecords";
      case SPANS -> "rejectedSpans";
    };
  }

  private static void fail(HttpServletResponse response, boolean json, RejectedException e)
      throws IOException {
    RpcStatus status = RpcStatus.of(e);
    if (status.retrySeconds() > 0) {
      response.setHeader("Retry-After", Integer.toString(status.retrySeconds()));
    }
    write(response, e.problem().status(), json, json ? status.json() : status.protobuf());
  }

  private static void write(HttpServletResponse response, int status, boolean json, byte[] body)
      throws IOException {
    response.setStatus(status);
    response.setContentType(json ? JSON : PROTOBUF);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
