package io.aom.service.identity;

import io.aom.identity.Identity;
import jakarta.servlet.ServletRequest;

/** The identity that the filter has verified, for code that is no controller. */
public final class RequestIdentity {
  private static final String ATTRIBUTE = RequestIdentity.class.getName();

  private RequestIdentity() {}

  /**
   * The caller of {@code request}.
   *
   * @throws IllegalStateException on a path that needs no identity
   */
  public static Identity of(ServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof Identity identity) {
      return identity;
    }
    throw new IllegalStateException("identity: none (expected: a path that requires one)");
  }

  static void set(ServletRequest request, Identity identity) {
    request.setAttribute(ATTRIBUTE, identity);
  }
}
