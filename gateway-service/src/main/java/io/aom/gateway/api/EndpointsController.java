package io.aom.gateway.api;

import io.aom.gateway.intake.OtlpGrpcServer;
import io.aom.gateway.intake.OtlpHttpServer;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where agents may send, for the console to say; the ports are not always the well-known ones. */
@RestController
class EndpointsController {
  record Endpoints(int otlpHttpPort, int otlpGrpcPort) {}

  private final OtlpHttpServer otlpHttp;
  private final OtlpGrpcServer otlpGrpc;

  EndpointsController(OtlpHttpServer otlpHttp, OtlpGrpcServer otlpGrpc) {
    this.otlpHttp = otlpHttp;
    this.otlpGrpc = otlpGrpc;
  }

  @GetMapping("/api/v1/endpoints")
  Endpoints endpoints() {
    return new Endpoints(otlpHttp.port(), otlpGrpc.port());
  }
}
