package io.aom.gateway.access;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Tells browsers that pages of the listed origins may use the API, which needs a key all the same.
 * Cookies are never asked for. Any other page is answered as if there were no list.
 */
public final class OriginFilter implements WebFilter, Ordered {
  private static final Pattern ORIGIN = Pattern.compile("https?://[^/*\\s]+");

  private static final List<String> SENT =
      List.of(
          HttpHeaders.ACCEPT,
          HttpHeaders.AUTHORIZATION,
          HttpHeaders.CONTENT_TYPE,
          Presented.API_KEY_HEADER,
          Presented.SCOPE_ORG_ID_HEADER,
          Presented.AOM_TENANT_HEADER);

  /** What an answer says in its head, besides what browsers show anyway. */
  private static final List<String> READ =
      List.of(
          HttpHeaders.DATE,
          HttpHeaders.RETRY_AFTER,
          HttpHeaders.ALLOW,
          "X-AOM-Complete-Until",
          "X-AOM-Partial",
          "X-AOM-Resolution");

  private static final long PREFLIGHT_SECONDS = 600;

  private final Set<String> origins;

  /**
   * @param origins as browsers send them, such as {@code https://example.org:8443}
   * @throws IllegalArgumentException if one is no origin; all origins at once cannot be named
   */
  public OriginFilter(List<String> origins) {
    for (String origin : origins) {
      if (!ORIGIN.matcher(origin).matches()) {
        throw new IllegalArgumentException(
            "aom.gateway.allowed-origins: "
                + origin
                + " (expected: scheme, host and port alone, such as https://example.org:8443)");
      }
    }
    this.origins = Set.copyOf(origins);
  }

  /** Before {@link AccessFilter}: a browser asks without a key whether it may send one. */
  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE + 5;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    String origin = request.getHeaders().getOrigin();
    if (origin == null || !origins.contains(origin)) {
      return chain.filter(exchange);
    }
    List<ApiRoute> routes = ApiRoute.ofPath(request.getPath().pathWithinApplication());
    if (routes.isEmpty()) {
      return chain.filter(exchange);
    }
    ServerHttpResponse response = exchange.getResponse();
    response.beforeCommit(
        () -> {
          HttpHeaders headers = response.getHeaders();
          headers.setAccessControlAllowOrigin(origin);
          headers.setAccessControlExposeHeaders(READ);
          headers.add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
          return Mono.empty();
        });
    if (!HttpMethod.OPTIONS.equals(request.getMethod())) {
      return chain.filter(exchange);
    }
    Set<HttpMethod> methods = new LinkedHashSet<>();
    routes.forEach(route -> methods.addAll(route.methods()));
    response.setStatusCode(HttpStatus.NO_CONTENT);
    response.getHeaders().setAccessControlAllowMethods(List.copyOf(methods));
    response.getHeaders().setAccessControlAllowHeaders(SENT);
    response.getHeaders().setAccessControlMaxAge(PREFLIGHT_SECONDS);
    return response.setComplete();
  }
}
