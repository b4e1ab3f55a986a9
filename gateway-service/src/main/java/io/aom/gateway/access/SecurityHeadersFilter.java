package io.aom.gateway.access;

import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Tells browsers to load and run nothing that is not ours. Styles may be inline because the
 * console's components write theirs that way; scripts may not.
 */
public final class SecurityHeadersFilter implements WebFilter, Ordered {
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'"
          + " data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:;"
          + " manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    exchange
        .getResponse()
        .beforeCommit(
            () -> {
              HttpHeaders headers = exchange.getResponse().getHeaders();
              headers.set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
              headers.set("X-Content-Type-Options", "nosniff");
              headers.set("X-Frame-Options", "DENY");
              headers.set("Referrer-Policy", "no-referrer");
              headers.set("Cross-Origin-Opener-Policy", "same-origin");
              headers.set("Cross-Origin-Resource-Policy", "same-origin");
              headers.set(
                  "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()");
              if (headers.getCacheControl() == null) {
                headers.setCacheControl("no-store");
              }
              return Mono.empty();
            });
    return chain.filter(exchange);
  }
}
