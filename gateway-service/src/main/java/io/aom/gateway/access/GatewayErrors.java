package io.aom.gateway.access;

import io.aom.gateway.problem.GatewayProblem;
import io.aom.gateway.problem.ProblemJson;
import io.aom.gateway.upstream.Guard.BodyReadException;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.codec.DecodingException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.ErrorResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableChannel;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** The one place that turns a failure into an answer, in the envelope of the route. */
public final class GatewayErrors implements WebExceptionHandler, Ordered {
  private static final Logger log = LoggerFactory.getLogger(GatewayErrors.class);

  private static final long STORE_RETRY_SECONDS = 5;

  /** Before Spring Boot's own. */
  @Override
  public int getOrder() {
    return -10;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable e) {
    ServerHttpResponse response = exchange.getResponse();
    if (response.isCommitted()) {
      return Mono.error(e); // the answer is cut off; closing the connection says so
    }
    if (exchange.getAttribute(AccessFilter.ANSWERED) instanceof AtomicBoolean answered
        && !answered.compareAndSet(false, true)) {
      // Its first part is on the way from another thread: cut off before anybody adds to it.
      HttpServerResponse connection = ServerHttpResponseDecorator.getNativeResponse(response);
      connection.withConnection(DisposableChannel::dispose);
      return Mono.never(); // until the connection is closed
    }
    RejectedException rejection = rejection(exchange, e);
    int status = rejection.problem().status();
    response.setRawStatusCode(status);
    HttpHeaders headers = response.getHeaders();
    headers.remove(HttpHeaders.CONTENT_LENGTH);
    Long retryAfter = ProblemJson.retryAfterSeconds(rejection);
    if (retryAfter != null) {
      headers.set(HttpHeaders.RETRY_AFTER, retryAfter.toString());
    }
    if (status == 401) {
      headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"AOM\"");
    }
    byte[] body;
    if (exchange.getAttribute(AccessFilter.ENVELOPE) == Envelope.PROMETHEUS) {
      headers.setContentType(MediaType.APPLICATION_JSON);
      body = ProblemJson.prometheus(rejection);
    } else {
      headers.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
      body = ProblemJson.problem(rejection);
    }
    headers.setContentLength(body.length);
    return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
  }

  private static RejectedException rejection(ServerWebExchange exchange, Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof RejectedException rejection) {
        return rejection;
      }
      if (cause instanceof OpenSearchUnavailableException) {
        return new RejectedException(
            Problem.UNAVAILABLE,
            "the store does not answer",
            Map.of(ProblemJson.RETRY_AFTER_SECONDS, STORE_RETRY_SECONDS));
      }
      if (cause instanceof BodyReadException) {
        return new RejectedException(
            new Problem("body-incomplete", "Body incomplete", 408), "body: did not arrive in time");
      }
      if (cause instanceof JacksonException json) {
        return new RejectedException(Problem.BAD_REQUEST, describe(json));
      }
    }
    if (e instanceof ErrorResponse error && error.getStatusCode().value() < 500) {
      String detail = error.getBody().getDetail();
      return new RejectedException(
          ofStatus(error.getStatusCode()), detail == null ? "request: refused" : detail);
    }
    if (e instanceof DecodingException) {
      return new RejectedException(Problem.BAD_REQUEST, "body: not readable");
    }
    String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    log.error(
        "request failed, id {}: {} {}",
        id,
        exchange.getRequest().getMethod(),
        exchange.getRequest().getPath(),
        e);
    return new RejectedException(
        GatewayProblem.INTERNAL,
        "The gateway failed; its log says why, under this id.",
        Map.of("id", id));
  }

  private static Problem ofStatus(HttpStatusCode status) {
    return switch (status.value()) {
      case 404 -> Problem.NOT_FOUND;
      case 405 -> GatewayProblem.METHOD_NOT_ALLOWED;
      case 406 -> new Problem("not-acceptable", "No such representation", 406);
      case 413 -> Problem.TOO_LARGE;
      case 415 -> new Problem("unsupported-media-type", "Unsupported media type", 415);
      default -> new Problem("bad-request", "Bad request", status.value());
    };
  }

  private static String describe(JacksonException json) {
    StringBuilder path = new StringBuilder("body");
    for (JacksonException.Reference step : json.getPath()) {
      @Nullable String name = step.getPropertyName();
      path.append(name == null ? "[" + step.getIndex() + "]" : "." + name);
    }
    if (json instanceof UnrecognizedPropertyException) {
      return path + ": unknown field";
    }
    if (json.getCause() instanceof IllegalArgumentException reason && reason.getMessage() != null) {
      return reason.getMessage();
    }
    return json.getPath().isEmpty() ? "body: not JSON" : path + ": not of the expected type";
  }
}
