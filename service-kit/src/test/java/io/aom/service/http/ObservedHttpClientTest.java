package io.aom.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With the tracer and the handlers that a service has. */
class ObservedHttpClientTest {
  private static final String ROUTE = "/things/{id}";

  private final List<String> received = new CopyOnWriteArrayList<>();
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private HttpServer server;
  private URI address;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/things/",
        exchange -> {
          received.add(String.valueOf(exchange.getRequestHeaders().getFirst("traceparent")));
          boolean there = exchange.getRequestURI().getPath().endsWith("/1");
          exchange.sendResponseHeaders(there ? 204 : 404, -1);
          exchange.close();
        });
    server.start();
    address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private record Observed(ObservationRegistry registry, Tracer tracer, ObservedHttpClient client)
      implements AutoCloseable {
    int get(URI uri) throws IOException, InterruptedException {
      return client
          .send(ROUTE, HttpRequest.newBuilder(uri), BodyHandlers.discarding())
          .statusCode();
    }

    @Override
    public void close() {
      client.close();
    }
  }

  private Observed observed(Sampler sampler) {
    SdkTracerProvider spans = SdkTracerProvider.builder().setSampler(sampler).build();
    Tracer tracer = new OtelTracer(spans.get("test"), new OtelCurrentTraceContext(), event -> {});
    OtelPropagator propagator =
        new OtelPropagator(
            ContextPropagators.create(W3CTraceContextPropagator.getInstance()), spans.get("test"));
    ObservationRegistry registry = ObservationRegistry.create();
    registry
        .observationConfig()
        .observationHandler(
            new FirstMatchingCompositeObservationHandler(
                new PropagatingSenderTracingObservationHandler<>(tracer, propagator),
                new DefaultTracingObservationHandler(tracer)))
        .observationHandler(new DefaultMeterObservationHandler(meters));
    return new Observed(
        registry, tracer, new ObservedHttpClient(HttpClient.newHttpClient(), registry));
  }

  @Test
  void aRequestBelongsToTheTraceInWhichItIsSentAlsoFromAnotherThread() throws Exception {
    try (Observed observed = observed(Sampler.alwaysOn())) {
      AtomicReference<String> trace = new AtomicReference<>();
      Observation.createNotStarted("cause", observed.registry())
          .observeChecked(
              () -> {
                trace.set(observed.tracer().currentSpan().context().traceId());
                observed.get(address.resolve("/things/1"));
                Callable<Integer> work =
                    observed.client().within(() -> observed.get(address.resolve("/things/1")));
                FutureTask<Integer> elsewhere = new FutureTask<>(work);
                Thread.ofVirtual().start(elsewhere);
                return elsewhere.get();
              });

      assertThat(received).hasSize(2).doesNotHaveDuplicates();
      assertThat(received)
          .allSatisfy(parent -> assertThat(parent).matches("00-" + trace.get() + "-.{16}-0[13]"));
    }
  }

  @Test
  void aRequestThatNothingLedToBeginsATrace() throws Exception {
    try (Observed observed = observed(Sampler.alwaysOn())) {
      assertThat(observed.client().isWithin()).isFalse();
      observed.client().within(() -> observed.get(address.resolve("/things/1"))).call();

      assertThat(received).singleElement().asString().matches("00-.{32}-.{16}-0[13]");
    }
  }

  /** Otherwise the next service would throw the dice again, and traces would be torn. */
  @Test
  void thatATraceIsNotRecordedIsHandedOn() throws Exception {
    try (Observed observed = observed(Sampler.alwaysOff())) {
      observed.get(address.resolve("/things/1"));

      assertThat(received).singleElement().asString().matches("00-.{32}-.{16}-0[02]");
    }
  }

  @Test
  void requestsCountByRouteAndOutcome() throws Exception {
    try (Observed observed = observed(Sampler.alwaysOff())) {
      assertThat(observed.get(address.resolve("/things/1"))).isEqualTo(204);
      assertThat(observed.get(address.resolve("/things/2"))).isEqualTo(404);
      server.stop(0);
      assertThatThrownBy(() -> observed.get(address.resolve("/things/1")))
          .isInstanceOf(IOException.class);
    }

    assertThat(count("204", "SUCCESS", "none")).isEqualTo(1);
    assertThat(count("404", "CLIENT_ERROR", "none")).isEqualTo(1);
    assertThat(count("CLIENT_ERROR", "UNKNOWN", "ConnectException")).isEqualTo(1);
  }

  private long count(String status, String outcome, String exception) {
    return meters
        .get("http.client.requests")
        .tag("method", "GET")
        .tag("uri", ROUTE)
        .tag("client.name", "127.0.0.1")
        .tag("status", status)
        .tag("outcome", outcome)
        .tag("exception", exception)
        .timer()
        .count();
  }
}
