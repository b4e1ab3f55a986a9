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
  /** As browsers write one: in lower case, and without the port that is the scheme's own. */
  private static final Pattern ORIGIN =
      Pattern.compile(
          "(?!http://.*:80$|https://.*:443$)"
              + "https?://(?:[a-z0-9._-]+|\\[[0-9a-f:]+])(?::[1-9][0-9]{0,4})?");

  private static final List<String> SENT =
      List.of(
          HttpHeaders.ACCEPT,
          HttpHeaders.AUTHORIZATION,
          HttpHeaders.CONTENT_TYPE,
          HttpHeaders.IF_MATCH,
          Presented.API_KEY_HEADER,
          Presented.SCOPE_ORG_ID_HEADER,
          Presented.AOM_TENANT_HEADER);

  /** What an answer says in its head, besides what browsers show anyway. */
  private static final List<String> READ =
      List.of(
          HttpHeaders.DATE,
          HttpHeaders.ETAG,
          HttpHeaders.LOCATION,
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
                + " (expected: scheme, host in lower case and port unless it is the scheme's own,"
                + " such as https://example.org:8443)");
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
    if (origins.isEmpty()) {
      return chain.filter(exchange);
    }
    ServerHttpRequest request = exchange.getRequest();
    List<ApiRoute> routes = ApiRoute.ofPath(request.getPath().pathWithinApplication());
    if (routes.isEmpty()) {
      return chain.filter(exchange);
    }
    String origin = request.getHeaders().getOrigin();
    boolean listed = origin != null && origins.contains(origin);
    ServerHttpResponse response = exchange.getResponse();
    response.beforeCommit(
        () -> {
          HttpHeaders headers = response.getHeaders();
          if (listed) {
            headers.setAccessControlAllowOrigin(origin);
            headers.setAccessControlExposeHeaders(READ);
          }
          // What a cache keeps of one that is not listed is not for one that is.
          headers.add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
          return Mono.empty();
        });
    if (!listed || !HttpMethod.OPTIONS.equals(request.getMethod())) {
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
