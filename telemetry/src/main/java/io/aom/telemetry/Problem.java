package io.aom.telemetry;

/**
 * A kind of mistake a caller can make, as RFC 9457 wants it named: a stable slug, a title, a
 * status. Each is listed with cause and remedy in {@code docs/problems.md}.
 *
 * @param slug last part of {@code urn:aom:problem:<slug>}
 * @param status HTTP status, 400 to 599
 */
public record Problem(String slug, String title, int status) {
  public static final Problem BAD_REQUEST = new Problem("bad-request", "Bad request", 400);
  public static final Problem NOT_FOUND = new Problem("not-found", "Not found", 404);
  public static final Problem CONFLICT = new Problem("conflict", "Conflict", 409);
  public static final Problem VERSION_STALE = new Problem("version-stale", "Stale version", 412);
  public static final Problem TOO_LARGE = new Problem("too-large", "Request too large", 413);
  public static final Problem UNPROCESSABLE = new Problem("unprocessable", "Cannot be done", 422);
  public static final Problem TOO_MANY = new Problem("too-many-requests", "Too many requests", 429);
  public static final Problem UNAVAILABLE = new Problem("unavailable", "Not available now", 503);

  public Problem {
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("status: " + status + " (expected: 400..599)");
    }
  }
}
