package io.aom.selftelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingAwareMeterObservationHandler;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class UntracedIntakeTest {
  private final UntracedIntake handler = new UntracedIntake(Tracer.NOOP);

  @ParameterizedTest
  @CsvSource({
    "/v1/traces, true",
    "/v1/logs, true",
    "/otlp/v1/metrics, true",
    "/api/v1/otlp/v1/metrics, true",
    "/api/v1/write, true",
    "/prometheus/api/v1/write, true",
    "/prometheus/api/v1/otlp/v1/metrics, true",
    "/actuator/health/readiness, true",
    "/internal/v1/heads/members, true",
    "/internal/v1/heads/search, false",
    "/prometheus/api/v1/query, false",
    "/api/v1/logs/search, false",
    "/api/v1/traces, false",
    "/internal/partitions, false"
  })
  void whatBringsTelemetryIsNotTracedAndWhatAsksForItIs(String path, boolean untraced) {
    assertThat(handler.supportsContext(servlet(path))).isEqualTo(untraced);
    assertThat(handler.supportsContext(reactive(path))).isEqualTo(untraced);
  }

  @Test
  void whatAnUntracedRequestLeadsToIsNotTracedEither() {
    Observation.Context call = new Observation.Context();
    call.setParentObservation(observation(servlet("/v1/logs")));
    Observation.Context within = new Observation.Context();
    within.setParentObservation(observation(call));

    assertThat(handler.supportsContext(within)).isTrue();
  }

  @Test
  void metricsOfAnUntracedRequestAreKept() {
    MeterRegistry meters = new SimpleMeterRegistry();
    ObservationRegistry registry = ObservationRegistry.create();
    registry
        .observationConfig()
        .observationHandler(handler)
        .observationHandler(
            new TracingAwareMeterObservationHandler<>(
                new DefaultMeterObservationHandler(meters), Tracer.NOOP));

    Observation.createNotStarted("intake", () -> servlet("/v1/logs"), registry).observe(() -> {});

    assertThat(meters.get("intake").timer().count()).isEqualTo(1);
  }

  @Test
  void workWithoutARequestIsTraced() {
    assertThat(handler.supportsContext(new Observation.Context())).isFalse();
  }

  private static Observation observation(Observation.Context context) {
    ObservationRegistry registry = ObservationRegistry.create();
    registry.observationConfig().observationHandler(each -> true);
    return Observation.createNotStarted("test", () -> context, registry);
  }

  private static Observation.Context servlet(String path) {
    return new ServerRequestObservationContext(
        new MockHttpServletRequest("POST", path), new MockHttpServletResponse());
  }

  private static Observation.Context reactive(String path) {
    return new org.springframework.http.server.reactive.observation.ServerRequestObservationContext(
        MockServerHttpRequest.post(path).build(), new MockServerHttpResponse(), Map.of());
  }
}
