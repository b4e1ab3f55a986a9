package io.aom.service.problem;

import io.aom.telemetry.RejectedException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** Writes a problem where no controller has been reached yet: in filters. */
public final class ProblemWriter {
  private final JsonMapper json;

  public ProblemWriter(JsonMapper json) {
    this.json = json;
  }

  /** Answers with the problem; the response must not be committed. */
  public void write(HttpServletResponse response, RejectedException e) throws IOException {
    byte[] bytes = body(e);
    response.setStatus(e.problem().status());
    headers(e).forEach(response::setHeader);
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }

  /** The problem as JSON. */
  public byte[] body(RejectedException e) {
    return json.writeValueAsBytes(ProblemBodies.of(e));
  }

  /** What goes with {@link #body}: its type, and when the caller may come back. */
  public Map<String, String> headers(RejectedException e) {
    Map<String, String> headers = new HashMap<>(ProblemBodies.headers(e).toSingleValueMap());
    headers.put(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    return headers;
  }
}
