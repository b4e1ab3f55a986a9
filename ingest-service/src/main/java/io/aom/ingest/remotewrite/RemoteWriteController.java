package io.aom.ingest.remotewrite;

import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.ingest.servlet.ServletIntake;
import io.aom.service.identity.RequiresRole;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@link RemoteWriteEndpoint} over HTTP. */
@RestController
@RequiresRole(Role.AGENT)
class RemoteWriteController {
  private final RemoteWriteEndpoint endpoint;
  private final ServletIntake servlet;

  RemoteWriteController(RemoteWriteEndpoint endpoint, ServletIntake servlet) {
    this.endpoint = endpoint;
    this.servlet = servlet;
  }

  @PostMapping({"/api/v1/write", "/api/v1/push", "/prometheus/api/v1/write"})
  void write(Identity identity, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    servlet.serve(endpoint, identity, request, response);
  }
}
