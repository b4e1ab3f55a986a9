package io.aom.gateway.problem;

import io.aom.telemetry.RejectedException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The bodies of refusals: RFC 9457, and the envelope of the Prometheus API. */
public final class ProblemJson {
  /** Media type of {@link #problem}. */
  public static final String MEDIA_TYPE = "application/problem+json";

  /**
   * Member of a rejection's details (a whole number of seconds) that also becomes the header {@code
   * Retry-After}.
   */
  public static final String RETRY_AFTER_SECONDS = "retryAfterSeconds";

  private static final JsonMapper JSON = JsonMapper.shared();

  private ProblemJson() {}

  /** The rejection as RFC 9457 has it. */
  public static byte[] problem(RejectedException e) {
    ObjectNode body = JSON.createObjectNode();
    body.put("type", "urn:aom:problem:" + e.problem().slug());
    body.put("title", e.problem().title());
    body.put("status", e.problem().status());
    body.put("detail", e.getMessage());
    e.details().forEach((name, value) -> body.set(name, JSON.valueToTree(value)));
    return JSON.writeValueAsBytes(body);
  }

  /** The rejection as Prometheus would say it. */
  public static byte[] prometheus(RejectedException e) {
    ObjectNode body = JSON.createObjectNode();
    body.put("status", "error");
    body.put(
        "errorType",
        switch (e.problem().status()) {
          case 400, 405, 413, 415 -> "bad_data";
          case 401, 403 -> "unauthorized";
          case 404 -> "not_found";
          case 429, 503 -> "unavailable";
          case 504 -> "timeout";
          default -> "internal";
        });
    body.put("error", e.getMessage());
    return JSON.writeValueAsBytes(body);
  }

  /** Seconds after which the caller may come back; null if the rejection does not say. */
  public static @Nullable Long retryAfterSeconds(RejectedException e) {
    return e.details().get(RETRY_AFTER_SECONDS) instanceof Number seconds
        ? seconds.longValue()
        : null;
  }
}
