package io.aom.service.problem;

import io.aom.telemetry.RejectedException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import tools.jackson.databind.json.JsonMapper;

/** Writes a problem where no controller has been reached yet: in filters. */
public final class ProblemWriter {
  private final JsonMapper json;

  public ProblemWriter(JsonMapper json) {
    this.json = json;
  }

  /** Answers with the problem; the response must not be committed. */
  public void write(HttpServletResponse response, RejectedException e) throws IOException {
    ProblemDetail body = ProblemBodies.of(e);
    byte[] bytes = json.writeValueAsBytes(body);
    response.setStatus(body.getStatus());
    ProblemBodies.headers(e).forEach((name, values) -> response.setHeader(name, values.getFirst()));
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }
}
