package io.aom.ingest.otlp;

import io.aom.ingest.body.Body;
import io.aom.ingest.body.BodyProblem;
import io.aom.ingest.body.ContentCoding;
import io.aom.ingest.body.Payload;
import io.aom.ingest.entities.ResourceWatch;
import io.aom.ingest.intake.Intake;
import io.aom.ingest.intake.IntakeAnswer;
import io.aom.ingest.intake.IntakeEndpoint;
import io.aom.ingest.intake.IntakeMetrics;
import io.aom.ingest.intake.IntakeRequest;
import io.aom.ingest.intake.RefusalReason;
import io.aom.ingest.intake.Refusals;
import io.aom.ingest.intake.RequestDigest;
import io.aom.ingest.intake.Signal;
import io.aom.ingest.intake.SliceMemory;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.wire.MalformedWireException;
import io.aom.telemetry.wire.ProtoWriter;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One signal of OTLP over HTTP. Every answer, an error too, is in the content type of the request.
 */
public final class OtlpEndpoint implements IntakeEndpoint {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String JSON = "application/json";
  private static final Set<ContentCoding> CODINGS =
      EnumSet.of(ContentCoding.IDENTITY, ContentCoding.GZIP, ContentCoding.ZSTD);

  private final Signal signal;
  private final Intake intake;
  private final IntakeMetrics metrics;
  private final OtlpSplitters splitters;
  private final ResourceWatch resources;
  private final InstantSource clock;

  OtlpEndpoint(
      Signal signal,
      Intake intake,
      IntakeMetrics metrics,
      OtlpSplitters splitters,
      ResourceWatch resources,
      InstantSource clock) {
    this.signal = signal;
    this.intake = intake;
    this.metrics = metrics;
    this.splitters = splitters;
    this.resources = resources;
    this.clock = clock;
  }

  @Override
  public IntakeAnswer answer(IntakeRequest request) throws IOException {
    long started = System.nanoTime();
    int status = 500;
    boolean json = false;
    try {
      json = isJson(request.header("Content-Type"));
      Refusals refusals = take(json, request);
      status = 200;
      String text = refusals.message();
      String message = text.isEmpty() ? null : text;
      return answer(
          status,
          json,
          json
              ? RpcStatus.partialJson(rejectedName(), refusals.faults(), message)
              : RpcStatus.partialProtobuf(refusals.faults(), message),
          Map.of());
    } catch (RejectedException e) {
      status = e.problem().status();
      return failure(json || status == BodyProblem.UNSUPPORTED.status(), e);
    } finally {
      String protocol = json ? "otlp-json" : "otlp-protobuf";
      metrics.request(protocol, status, Duration.ofNanos(System.nanoTime() - started));
    }
  }

  private Refusals take(boolean json, IntakeRequest request) throws IOException {
    long now = clock.millis();
    TenantId tenant = request.tenant();
    ContentCoding coding =
        ContentCoding.of(request.header("Content-Encoding"), ContentCoding.IDENTITY, CODINGS);
    int partitions = intake.partitions(signal);
    try (Body body = request.body()) {
      Payload payload = intake.decode(signal, tenant, body, coding, now);
      RequestDigest digest = RequestDigest.of(tenant, payload);
      Payload protobuf = json ? protobuf(tenant, payload, now, body::take) : payload;
      RecordSplit split = split(tenant, protobuf, digest, partitions, now, body::take);
      intake.accept(
          signal,
          tenant,
          digest,
          now,
          request.header("traceparent"),
          split.slices(),
          split.refusals());
      resources.look(tenant, protobuf.bytes(), protobuf.length(), now);
      return split.refusals();
    }
  }

  private RecordSplit split(
      TenantId tenant,
      Payload payload,
      RequestDigest digest,
      int partitions,
      long now,
      SliceMemory memory) {
    try {
      return switch (signal) {
        case METRICS -> splitters.metrics(partitions, tenant, payload, now, memory);
        case LOGS -> splitters.logs(partitions, tenant, payload, digest, now, memory);
        case SPANS -> splitters.spans(partitions, tenant, payload, now, memory);
      };
    } catch (MalformedWireException e) {
      throw malformed(tenant, now, e);
    }
  }

  private Payload protobuf(TenantId tenant, Payload json, long now, SliceMemory memory) {
    try {
      ProtoWriter writer = OtlpJson.toProtobuf(signal, json.bytes(), json.length(), memory);
      return new Payload(
          writer.array(), writer.size(), json.wire(), json.wireBytes(), json.wireRepeats());
    } catch (MalformedWireException e) {
      throw malformed(tenant, now, e);
    }
  }

  private RejectedException malformed(TenantId tenant, long now, MalformedWireException e) {
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

  private String rejectedName() {
    return switch (signal) {
      case METRICS -> "rejectedDataPoints";
      case LOGS -> "rejectedLogRecords";
      case SPANS -> "rejectedSpans";
    };
  }

  private static IntakeAnswer failure(boolean json, RejectedException e) {
    RpcStatus status = RpcStatus.of(e);
    return answer(
        e.problem().status(),
        json,
        json ? status.json() : status.protobuf(),
        status.retrySeconds() > 0
            ? Map.of("Retry-After", Integer.toString(status.retrySeconds()))
            : Map.of());
  }

  private static IntakeAnswer answer(
      int status, boolean json, byte[] body, Map<String, String> further) {
    Map<String, String> headers = new HashMap<>(further);
    headers.put("Content-Type", json ? JSON : PROTOBUF);
    return new IntakeAnswer(status, headers, body);
  }
}
