package io.aom.gateway.problem;

import io.aom.telemetry.Problem;

/** What can go wrong at the door besides what any service knows. */
public final class GatewayProblem {
  /** The request names a tenant that the credential is not for. */
  public static final Problem TENANT_MISMATCH =
      new Problem("tenant-mismatch", "Not your tenant", 403);

  /** Too many wrong keys from one address. */
  public static final Problem TOO_MANY_FAILURES =
      new Problem("too-many-failed-logins", "Too many wrong keys", 429);

  /** More requests than the tenant may make. */
  public static final Problem RATE_LIMITED = new Problem("rate-limited", "Too many requests", 429);

  /** The service behind the route does not answer, or is spared because it did not lately. */
  public static final Problem SERVICE_UNAVAILABLE =
      new Problem("service-unavailable", "Service not available now", 503);

  /** The service behind the route has all the requests it can take. */
  public static final Problem SERVICE_BUSY = new Problem("service-busy", "Service busy", 503);

  /** The service behind the route took too long. */
  public static final Problem SERVICE_TIMEOUT =
      new Problem("service-timeout", "Service too slow", 504);

  /** The key cannot be checked because the place where keys are kept is away. */
  public static final Problem KEYS_UNAVAILABLE =
      new Problem("keys-unavailable", "Keys cannot be checked now", 503);

  /** The path is there, the method is not. */
  public static final Problem METHOD_NOT_ALLOWED =
      new Problem("method-not-allowed", "Method not allowed", 405);

  /** What stands before the headers is longer than is read. */
  public static final Problem TARGET_TOO_LONG =
      new Problem("target-too-long", "Path and query too long", 414);

  /** The headers are larger than is read. */
  public static final Problem HEADERS_TOO_LARGE =
      new Problem("headers-too-large", "Headers too large", 431);

  /** A bug; the log has the id that the answer carries. */
  public static final Problem INTERNAL = new Problem("internal", "Internal error", 500);

  private GatewayProblem() {}
}
