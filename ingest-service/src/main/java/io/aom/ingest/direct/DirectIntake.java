package io.aom.ingest.direct;

import io.aom.ingest.body.Bodies;
import io.aom.ingest.intake.IntakeEndpoint;
import io.aom.ingest.intake.Signal;
import io.aom.ingest.otlp.OtlpEndpoints;
import io.aom.ingest.remotewrite.RemoteWriteEndpoint;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The endpoints of intake, by the paths at which a gateway asks for them. Thread-safe. */
public final class DirectIntake {
  private final Bodies bodies;
  private final Map<String, IntakeEndpoint> endpoints;

  public DirectIntake(Bodies bodies, RemoteWriteEndpoint remoteWrite, OtlpEndpoints otlp) {
    this.bodies = bodies;
    endpoints =
        Map.of(
            "/api/v1/write", remoteWrite,
            "/v1/metrics", otlp.of(Signal.METRICS),
            "/v1/logs", otlp.of(Signal.LOGS),
            "/v1/traces", otlp.of(Signal.SPANS));
  }

  /**
   * Begins a request whose body is still to come.
   *
   * @param path as over HTTP, without aliases
   * @param tenant whose telemetry it is; the caller has made sure
   * @param headers their values by name, in whatever case; asked on any thread
   * @param declaredBytes length of the body as the request says; -1 if it does not
   * @throws RejectedException if the body will be too large
   * @throws IllegalArgumentException if nothing is taken at the path
   */
  public Arrival begin(
      String path,
      TenantId tenant,
      Function<String, @Nullable String> headers,
      long declaredBytes) {
    IntakeEndpoint endpoint = endpoints.get(path);
    if (endpoint == null) {
      throw new IllegalArgumentException(
          "path: " + path + " (expected: one of " + endpoints.keySet() + ")");
    }
    return new Arrival(endpoint, tenant, headers, bodies.open(declaredBytes));
  }
}
