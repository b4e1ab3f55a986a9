package io.aom.selftelemetry;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationView;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Takes requests that bring telemetry, and probes, out of tracing: a span for each of them would be
 * telemetry about telemetry, which brings more of it. Their metrics stay.
 */
final class UntracedIntake implements TracingObservationHandler<Observation.Context> {
  /** Beginnings of paths, as clients, the gateway and services spell them. */
  private static final List<String> UNTRACED =
      List.of(
          "/v1/traces",
          "/v1/metrics",
          "/v1/logs",
          "/otlp/v1/",
          "/api/v1/otlp/v1/",
          "/api/v1/write",
          "/api/v1/push",
          "/prometheus/api/v1/write",
          "/prometheus/api/v1/otlp/v1/",
          "/loki/api/v1/push",
          "/api/v2/spans",
          "/actuator/",
          "/internal/v1/heads/members");

  private final Tracer tracer;

  UntracedIntake(Tracer tracer) {
    this.tracer = tracer;
  }

  /** Also whatever such a request leads to, a call to another service say. */
  @Override
  public boolean supportsContext(Observation.Context context) {
    if (isUntraced(context)) {
      return true;
    }
    ObservationView parent = context.getParentObservation();
    while (parent != null) {
      if (parent.getContextView() instanceof Observation.Context above) {
        return supportsContext(above);
      }
      parent = parent.getContextView().getParentObservation();
    }
    return false;
  }

  private static boolean isUntraced(Observation.Context context) {
    String path = path(context);
    return path != null && UNTRACED.stream().anyMatch(path::startsWith);
  }

  private static @Nullable String path(Observation.Context context) {
    return switch (context) {
      case ServerRequestObservationContext servlet -> {
        HttpServletRequest request = servlet.getCarrier();
        yield request == null ? null : request.getRequestURI();
      }
      case org.springframework.http.server.reactive.observation.ServerRequestObservationContext
              reactive -> {
        ServerHttpRequest request = reactive.getCarrier();
        yield request == null ? null : request.getURI().getRawPath();
      }
      default -> null;
    };
  }

  /** Leaves a tracing context without a span, which the handlers of metrics ask for. */
  @Override
  public void onStart(Observation.Context context) {
    context.put(TracingContext.class, new TracingContext());
  }

  @Override
  public void onError(Observation.Context context) {}

  @Override
  public void onEvent(Observation.Event event, Observation.Context context) {}

  @Override
  public void onScopeOpened(Observation.Context context) {}

  @Override
  public void onScopeClosed(Observation.Context context) {}

  @Override
  @SuppressWarnings("deprecation") // The one inherited would reset a scope that was never opened.
  public void onScopeReset(Observation.Context context) {}

  @Override
  public void onStop(Observation.Context context) {}

  @Override
  public Tracer getTracer() {
    return tracer;
  }
}
