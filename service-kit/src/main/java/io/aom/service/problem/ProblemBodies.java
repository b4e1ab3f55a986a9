package io.aom.service.problem;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;

/** The one place that knows how a problem looks on the wire. */
final class ProblemBodies {
  /**
   * Member of {@link RejectedException#details()} (a whole number of seconds) that also becomes the
   * header {@code Retry-After}.
   */
  static final String RETRY_AFTER_SECONDS = "retryAfterSeconds";

  /** The fault of who asks, though they are 5xx: a method or version of HTTP not known here. */
  private static final Set<Integer> ASKED_OTHERWISE = Set.of(501, 505);

  private static final String TYPE_PREFIX = "urn:aom:problem:";

  private ProblemBodies() {}

  static ProblemDetail of(Problem problem, @Nullable String detail, Map<String, Object> details) {
    ProblemDetail body = ProblemDetail.forStatus(problem.status());
    body.setType(URI.create(TYPE_PREFIX + problem.slug()));
    body.setTitle(problem.title());
    body.setDetail(detail);
    details.forEach(body::setProperty);
    return body;
  }

  static ProblemDetail of(RejectedException e) {
    return of(e.problem(), e.getMessage(), e.details());
  }

  static HttpHeaders headers(RejectedException e) {
    HttpHeaders headers = new HttpHeaders();
    if (e.details().get(RETRY_AFTER_SECONDS) instanceof Number seconds) {
      headers.set(HttpHeaders.RETRY_AFTER, Long.toString(seconds.longValue()));
    }
    return headers;
  }

  /** The problem that a bare status stands for. */
  static Problem ofStatus(HttpStatusCode status) {
    return switch (status.value()) {
      case 400 -> Problem.BAD_REQUEST;
      case 401 -> new Problem("unauthenticated", "Not authenticated", 401);
      case 403 -> new Problem("forbidden", "Not allowed", 403);
      case 404 -> Problem.NOT_FOUND;
      case 405 -> new Problem("method-not-allowed", "Method not allowed", 405);
      case 406 -> new Problem("not-acceptable", "No such representation", 406);
      case 409 -> Problem.CONFLICT;
      case 413 -> Problem.TOO_LARGE;
      case 415 -> new Problem("unsupported-media-type", "Unsupported media type", 415);
      case 429 -> Problem.TOO_MANY;
      case 503 -> Problem.UNAVAILABLE;
      default ->
          status.is4xxClientError() || ASKED_OTHERWISE.contains(status.value())
              ? new Problem("bad-request", "Bad request", status.value())
              : new Problem("internal", "Internal error", Math.max(status.value(), 500));
    };
  }
}
