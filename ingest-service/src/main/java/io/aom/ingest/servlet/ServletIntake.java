package io.aom.ingest.servlet;

import io.aom.identity.Identity;
import io.aom.ingest.body.Bodies;
import io.aom.ingest.body.Body;
import io.aom.ingest.intake.IntakeAnswer;
import io.aom.ingest.intake.IntakeEndpoint;
import io.aom.ingest.intake.IntakeRequest;
import io.aom.telemetry.TenantId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Has an endpoint answer a servlet's request. Thread-safe. */
public final class ServletIntake {
  private final Bodies bodies;

  public ServletIntake(Bodies bodies) {
    this.bodies = bodies;
  }

  /** Answers {@code request}; nothing of {@code response} must have been written. */
  public void serve(
      IntakeEndpoint endpoint,
      Identity caller,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    IntakeAnswer answer = endpoint.answer(new Request(caller.tenant(), request));
    response.setStatus(answer.status());
    answer.headers().forEach(response::setHeader);
    if (answer.status() != HttpServletResponse.SC_NO_CONTENT) {
      response.setContentLength(answer.body().length);
      response.getOutputStream().write(answer.body());
    }
  }

  private final class Request implements IntakeRequest {
    private final TenantId tenant;
    private final HttpServletRequest request;

    Request(TenantId tenant, HttpServletRequest request) {
      this.tenant = tenant;
      this.request = request;
    }

    @Override
    public TenantId tenant() {
      return tenant;
    }

    @Override
    public @Nullable String header(String name) {
      return request.getHeader(name);
    }

    @Override
    public Body body() throws IOException {
      Body body = bodies.open(request.getContentLengthLong());
      try {
        body.readFrom(request.getInputStream());
      } catch (IOException | RuntimeException e) {
        body.close();
        throw e;
      }
      return body;
    }
  }
}
