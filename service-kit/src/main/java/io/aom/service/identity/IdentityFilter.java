package io.aom.service.identity;

import io.aom.identity.Identity;
import io.aom.identity.IdentityProblem;
import io.aom.identity.IdentityTokens;
import io.aom.identity.InvalidIdentityException;
import io.aom.identity.Role;
import io.aom.service.problem.ProblemWriter;
import io.aom.telemetry.RejectedException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.UrlPathHelper;

/**
 * Lets nobody in whom the gateway or another service has not stated. Free are health, metrics and
 * the OpenAPI description, which hold no tenant's data; {@code /internal/**} is for services only.
 */
class IdentityFilter extends OncePerRequestFilter {
  private static final Logger log = LoggerFactory.getLogger(IdentityFilter.class);

  /** Exact paths: a prefix would invite tricks with dots and encoded slashes. */
  private static final Set<String> FREE =
      Set.of(
          "/actuator/health",
          "/actuator/health/liveness",
          "/actuator/health/readiness",
          "/actuator/info",
          "/actuator/prometheus",
          "/v3/api-docs",
          "/v3/api-docs.yaml");

  private final IdentityTokens tokens;
  private final ProblemWriter problems;

  IdentityFilter(IdentityTokens tokens, ProblemWriter problems) {
    this.tokens = tokens;
    this.problems = problems;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return FREE.contains(path(request));
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      Identity identity = verified(request);
      if (path(request).startsWith("/internal/")) {
        identity.require(Role.SERVICE);
      }
      RequestIdentity.set(request, identity);
    } catch (RejectedException e) {
      problems.write(response, e);
      return;
    }
    chain.doFilter(request, response);
  }

  private Identity verified(HttpServletRequest request) {
    String token = request.getHeader(IdentityTokens.HEADER);
    if (token == null) {
      throw new RejectedException(
          IdentityProblem.UNAUTHENTICATED,
          IdentityTokens.HEADER + ": missing (expected: a request through the gateway)");
    }
    try {
      return tokens.verify(token);
    } catch (InvalidIdentityException e) {
      log.warn("refused {} from {}: {}", path(request), request.getRemoteAddr(), e.getMessage());
      throw new RejectedException(IdentityProblem.UNAUTHENTICATED, String.valueOf(e.getMessage()));
    }
  }

  /** The path as controllers are matched by: decoded and without {@code ;parameters}. */
  private static String path(HttpServletRequest request) {
    return UrlPathHelper.defaultInstance.getPathWithinApplication(request);
  }
}
