package io.aom.identity;

import io.aom.telemetry.Problem;

/** What can be wrong with who calls. */
public final class IdentityProblem {
  /** No credential, or one that is not known (any more). */
  public static final Problem UNAUTHENTICATED =
      new Problem("unauthenticated", "Not authenticated", 401);

  /** A good credential whose role does not allow the request. */
  public static final Problem FORBIDDEN = new Problem("forbidden", "Not allowed", 403);

  private IdentityProblem() {}
}
