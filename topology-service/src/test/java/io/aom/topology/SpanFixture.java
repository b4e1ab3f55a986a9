package io.aom.topology;

import com.google.protobuf.ByteString;
import io.aom.blockstore.HeadRecord;
import io.aom.telemetry.TenantId;
import io.aom.topology.span.Otlp;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.ArrayList;
import java.util.List;

/** Spans as tests write them. */
public final class SpanFixture {
  public static final TenantId TENANT = new TenantId("acme");
  public static final TenantId OTHER_TENANT = new TenantId("other");

  /** 2026-01-31T12:00:00Z. */
  public static final long NOON_MILLIS = 1_769_860_800_000L;

  public static final long NOON = NOON_MILLIS * 1_000_000;
  public static final long MILLI = 1_000_000L;

  private SpanFixture() {}

  /** A span with everything but what a test says of it. */
  public static final class One {
    private final Span.Builder span = Span.newBuilder();
    public final String service;

    private One(String service) {
      this.service = service;
    }

    public One start(long nanos, long durationNanos) {
      span.setStartTimeUnixNano(nanos).setEndTimeUnixNano(nanos + durationNanos);
      return this;
    }

    public One parent(long id) {
      span.setParentSpanId(ByteString.copyFrom(Otlp.bytes(id)));
      return this;
    }

    public One error() {
      span.setStatus(
          Status.newBuilder().setCode(Status.StatusCode.STATUS_CODE_ERROR).setMessage("broken"));
      return this;
    }

    public One attribute(String key, String value) {
      span.addAttributes(text(key, value));
      return this;
    }

    public One link(long trace, long id) {
      span.addLinks(
          Span.Link.newBuilder()
              .setTraceId(ByteString.copyFrom(Otlp.bytes(7, trace)))
              .setSpanId(ByteString.copyFrom(Otlp.bytes(id))));
      return this;
    }

    public One event(long nanos, String name) {
      span.addEvents(Span.Event.newBuilder().setTimeUnixNano(nanos).setName(name));
      return this;
    }

    public Span build() {
      return span.build();
    }
  }

  /** Trace ids are {@code (7, trace)}; a span lasts 5 ms from noon unless said otherwise. */
  public static One span(String service, long trace, long id, Span.SpanKind kind, String name) {
    One one = new One(service);
    one.span
        .setTraceId(ByteString.copyFrom(Otlp.bytes(7, trace)))
        .setSpanId(ByteString.copyFrom(Otlp.bytes(id)))
        .setKind(kind)
        .setName(name);
    return one.start(NOON, 5 * MILLI);
  }

  public static One server(String service, long trace, long id) {
    return span(service, trace, id, Span.SpanKind.SPAN_KIND_SERVER, "GET /" + service);
  }

  public static One client(String service, long trace, long id) {
    return span(service, trace, id, Span.SpanKind.SPAN_KIND_CLIENT, "call");
  }

  public static KeyValue text(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  /** One request with the spans, a resource for each run of one service. */
  public static byte[] request(List<One> spans) {
    ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder();
    List<One> run = new ArrayList<>();
    for (One span : spans) {
      if (!run.isEmpty() && !run.getFirst().service.equals(span.service)) {
        request.addResourceSpans(resourceSpans(run));
        run.clear();
      }
      run.add(span);
    }
    if (!run.isEmpty()) {
      request.addResourceSpans(resourceSpans(run));
    }
    return request.build().toByteArray();
  }

  private static ResourceSpans resourceSpans(List<One> run) {
    ScopeSpans.Builder spans =
        ScopeSpans.newBuilder()
            .setScope(InstrumentationScope.newBuilder().setName("test").setVersion("1"));
    run.forEach(one -> spans.addSpans(one.build()));
    String service = run.getFirst().service;
    Resource.Builder resource = Resource.newBuilder();
    int slash = service.indexOf('/');
    if (slash >= 0) {
      resource.addAttributes(text("service.namespace", service.substring(0, slash)));
    }
    resource.addAttributes(text("service.name", service.substring(slash + 1)));
    resource.addAttributes(text("host.name", "host-" + service));
    return ResourceSpans.newBuilder().setResource(resource).addScopeSpans(spans).build();
  }

  public static HeadRecord record(long offset, One... spans) {
    return record(TENANT, offset, NOON_MILLIS, List.of(spans));
  }

  public static HeadRecord record(
      TenantId tenant, long offset, long receivedMillis, List<One> spans) {
    return new HeadRecord(tenant, request(spans), spans.size(), receivedMillis, offset);
  }
}
