package io.aom.gateway.access;

import io.aom.gateway.problem.GatewayProblem;
import io.aom.identity.Identity;
import io.aom.identity.IdentityTokens;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;

/**
 * The first thing that every request but telemetry meets: what is not in the table of routes is not
 * there, and who is not known does not get further. Behind it a request carries the signed identity
 * and no credential.
 */
public final class AccessFilter implements WebFilter, Ordered {
  /** Where it stands among the filters. */
  public static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

  /** Exchange attribute: the {@link Identity} of the caller. */
  public static final String IDENTITY = "aom.identity";

  /** Exchange attribute: the {@link Envelope} of errors; none for {@link Envelope#PROBLEM}. */
  public static final String ENVELOPE = "aom.envelope";

  /** Exchange attribute: present on what anybody may see, which is no tenant's data. */
  public static final String PUBLIC = "aom.public";

  /** Exchange attribute: whether the body has come in whole ({@link AtomicBoolean}). */
  public static final String BODY_COMPLETE = "aom.body.complete";

  /**
   * Exchange attribute: who sets it ({@link AtomicBoolean}) answers, and nobody else touches the
   * response. There for requests that are answered by a thread of their own.
   */
  public static final String ANSWERED = "aom.answered";

  /** Paths of health, and which of the actuator's each stands for. */
  private static final Map<String, String> HEALTH =
      Map.of(
          "/actuator/health", "/actuator/health",
          "/actuator/health/liveness", "/actuator/health/liveness",
          "/actuator/health/readiness", "/actuator/health/readiness",
          "/healthz", "/actuator/health",
          "/-/healthy", "/actuator/health/liveness",
          "/-/ready", "/actuator/health/readiness",
          "/prometheus/-/healthy", "/actuator/health/liveness",
          "/prometheus/-/ready", "/actuator/health/readiness");

  /** Credentials and claims of the client, none of which a service should ever see. */
  private static final List<String> STRIPPED =
      List.of(
          HttpHeaders.AUTHORIZATION,
          HttpHeaders.COOKIE,
          Presented.API_KEY_HEADER,
          Presented.SCOPE_ORG_ID_HEADER,
          Presented.AOM_TENANT_HEADER,
          IdentityTokens.HEADER,
          "Forwarded",
          "X-Forwarded-For",
          "X-Forwarded-Host",
          "X-Forwarded-Port",
          "X-Forwarded-Prefix",
          "X-Forwarded-Proto");

  private final Authenticator authenticator;
  private final IdentityStatements statements;
  private final TenantRates rates;
  private final long maxBytes;
  private final @Nullable Integer managementPort;

  /**
   * @param maxBytes largest body on the wire
   * @param managementPort a port of its own on which the operator sees the other actuator
   *     endpoints; null for none
   */
  public AccessFilter(
      Authenticator authenticator,
      IdentityStatements statements,
      TenantRates rates,
      long maxBytes,
      @Nullable Integer managementPort) {
    this.authenticator = authenticator;
    this.statements = statements;
    this.rates = rates;
    this.maxBytes = maxBytes;
    this.managementPort = managementPort;
  }

  @Override
  public int getOrder() {
    return ORDER;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    String path = request.getURI().getRawPath();
    try {
      checkForm(path);
      if (path.startsWith("/prometheus/")) {
        exchange.getAttributes().put(ENVELOPE, Envelope.PROMETHEUS);
      }
      if (path.startsWith("/actuator") && isManagement(request)) {
        return chain.filter(exchange);
      }
      String health = HEALTH.get(path);
      if (health != null) {
        requireMethod(Set.of(HttpMethod.GET, HttpMethod.HEAD), exchange);
        return chain.filter(
            health.equals(path)
                ? exchange
                : exchange.mutate().request(r -> r.path(health)).build());
      }
      if (!ApiRoute.isApi(path)) {
        if (path.equals("/actuator") || path.startsWith("/actuator/")) {
          throw notFound();
        }
        requireMethod(Set.of(HttpMethod.GET, HttpMethod.HEAD), exchange);
        exchange.getAttributes().put(PUBLIC, true);
        return chain.filter(anonymous(exchange));
      }
      return authenticated(exchange, chain);
    } catch (RejectedException e) {
      return Mono.error(e);
    }
  }

  private Mono<Void> authenticated(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    ApiRoute route = route(exchange);
    exchange.getAttributes().put(ENVELOPE, route.envelope());
    HttpHeaders headers = request.getHeaders();
    Presented presented = Presented.of(headers::getFirst, request.getRemoteAddress());
    Identity known = authenticator.inMemory(presented, route.role());
    if (headers.getContentLength() > maxBytes) {
      throw tooLarge();
    }
    if (known != null) {
      return pass(exchange, chain, known);
    }
    return Mono.fromCallable(() -> authenticator.lookUp(presented, route.role()))
        .subscribeOn(Schedulers.boundedElastic())
        .flatMap(found -> pass(exchange, chain, found));
  }

  private Mono<Void> pass(ServerWebExchange exchange, WebFilterChain chain, Identity caller) {
    rates.take(caller.tenant());
    exchange.getAttributes().put(IDENTITY, caller);
    String statement = statements.of(caller);
    ServerHttpRequest request =
        exchange
            .getRequest()
            .mutate()
            .headers(
                headers -> {
                  STRIPPED.forEach(headers::remove);
                  headers.set(IdentityTokens.HEADER, statement);
                })
            .build();
    AtomicBoolean complete = new AtomicBoolean();
    exchange.getAttributes().put(BODY_COMPLETE, complete);
    return chain.filter(
        exchange.mutate().request(new CountedBody(request, maxBytes, complete)).build());
  }

  /** A request that needs no identity carries none, not even one of its own making. */
  private static ServerWebExchange anonymous(ServerWebExchange exchange) {
    return exchange
        .mutate()
        .request(r -> r.headers(headers -> STRIPPED.forEach(headers::remove)))
        .build();
  }

  private static ApiRoute route(ServerWebExchange exchange) {
    List<ApiRoute> routes =
        ApiRoute.ofPath(exchange.getRequest().getPath().pathWithinApplication());
    if (routes.isEmpty()) {
      throw notFound();
    }
    Set<HttpMethod> allowed = new TreeSet<>((a, b) -> a.name().compareTo(b.name()));
    for (ApiRoute route : routes) {
      if (route.methods().contains(exchange.getRequest().getMethod())) {
        return route;
      }
      allowed.addAll(route.methods());
    }
    requireMethod(allowed, exchange);
    throw new IllegalStateException("a method is allowed and has no route");
  }

  private static void requireMethod(Set<HttpMethod> allowed, ServerWebExchange exchange) {
    HttpMethod method = exchange.getRequest().getMethod();
    if (!allowed.contains(method)) {
      exchange.getResponse().getHeaders().setAllow(allowed);
      throw new RejectedException(
          GatewayProblem.METHOD_NOT_ALLOWED,
          "method: " + method + " (expected: " + names(allowed) + ")");
    }
  }

  private static String names(Set<HttpMethod> methods) {
    return String.join(", ", methods.stream().map(HttpMethod::name).sorted().toList());
  }

  /**
   * Refuses paths that two readers may read differently; no route of ours needs them.
   *
   * @throws RejectedException 400
   */
  private static void checkForm(String path) {
    String lower = path.toLowerCase(Locale.ROOT);
    if (lower.contains("//")
        || lower.contains(";")
        || lower.contains("\\")
        || lower.contains("%2f")
        || lower.contains("%5c")
        || lower.contains("%2e")
        || lower.contains("%25")
        || lower.contains("%00")
        || lower.contains("/./")
        || lower.contains("/../")
        || lower.endsWith("/.")
        || lower.endsWith("/..")) {
      throw new RejectedException(
          Problem.BAD_REQUEST, "path (expected: no empty or dotted parts, no encoded slashes)");
    }
  }

  private boolean isManagement(ServerHttpRequest request) {
    return managementPort != null
        && request.getLocalAddress() != null
        && request.getLocalAddress().getPort() == managementPort;
  }

  private static RejectedException notFound() {
    return new RejectedException(Problem.NOT_FOUND, "path (expected: one listed at /docs)");
  }

  private RejectedException tooLarge() {
    return tooLarge(maxBytes);
  }

  private static RejectedException tooLarge(long maxBytes) {
    return new RejectedException(
        Problem.TOO_LARGE,
        "body: larger than " + maxBytes + " bytes (expected: at most that)",
        Map.of("maxBytes", maxBytes));
  }

  /** A body that ends in an error as soon as it is too large, whatever was said of its length. */
  private static final class CountedBody extends ServerHttpRequestDecorator {
    private final long maxBytes;
    private final AtomicBoolean complete;

    CountedBody(ServerHttpRequest request, long maxBytes, AtomicBoolean complete) {
      super(request);
      this.maxBytes = maxBytes;
      this.complete = complete;
    }

    @Override
    public Flux<DataBuffer> getBody() {
      long[] seen = {0};
      return super.getBody()
          .handle(
              (DataBuffer part, SynchronousSink<DataBuffer> out) -> {
                seen[0] += part.readableByteCount();
                if (seen[0] > maxBytes) {
                  DataBufferUtils.release(part);
                  out.error(tooLarge(maxBytes));
                } else {
                  out.next(part);
                }
              })
          .doOnComplete(() -> complete.set(true));
    }
  }
}
