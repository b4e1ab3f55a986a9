package io.aom.service.problem;

import io.aom.telemetry.RejectedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;

/** Says in the form of all others what Tomcat itself would say on a page of HTML. */
final class ProblemValve extends ErrorReportValve {
  private final ProblemWriter problems;

  ProblemValve(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  protected void report(Request request, Response response, @Nullable Throwable failure) {
    int status = response.getStatus();
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    HttpStatusCode code = HttpStatusCode.valueOf(status);
    byte[] body =
        problems.body(
            new RejectedException(ProblemBodies.ofStatus(code), "request: " + reason(code)));
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response.setCharacterEncoding(StandardCharsets.UTF_8);
    try {
      Writer writer = response.getReporter();
      if (writer != null) {
        writer.write(new String(body, StandardCharsets.UTF_8));
        response.finishResponse();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // the client is gone; Tomcat closes the connection
    }
  }

  private static String reason(HttpStatusCode status) {
    return switch (status.value()) {
      case 400 -> "not readable as HTTP (expected: a path and a query that are encoded)";
      case 503 -> "the service starts or stops (expected: a later one)";
      default -> status instanceof HttpStatus known ? known.getReasonPhrase() : "refused";
    };
  }
}
