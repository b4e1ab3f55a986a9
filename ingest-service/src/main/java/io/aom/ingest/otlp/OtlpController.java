package io.aom.ingest.otlp;

import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.ingest.intake.Signal;
import io.aom.ingest.servlet.ServletIntake;
import io.aom.service.identity.RequiresRole;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@link OtlpEndpoints} over HTTP. */
@RestController
@RequiresRole(Role.AGENT)
class OtlpController {
  private final OtlpEndpoints endpoints;
  private final ServletIntake servlet;

  OtlpController(OtlpEndpoints endpoints, ServletIntake servlet) {
    this.endpoints = endpoints;
    this.servlet = servlet;
  }

  @PostMapping({"/v1/logs", "/otlp/v1/logs"})
  void logs(Identity identity, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    servlet.serve(endpoints.of(Signal.LOGS), identity, request, response);
  }

  @PostMapping({"/v1/traces", "/otlp/v1/traces"})
  void traces(Identity identity, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    servlet.serve(endpoints.of(Signal.SPANS), identity, request, response);
  }

  @PostMapping({
    "/v1/metrics",
    "/otlp/v1/metrics",
    "/api/v1/otlp/v1/metrics",
    "/prometheus/api/v1/otlp/v1/metrics"
  })
  void metrics(Identity identity, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    servlet.serve(endpoints.of(Signal.METRICS), identity, request, response);
  }
}
