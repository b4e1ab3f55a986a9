package io.aom.metrics.query.web;

import io.aom.blockstore.StoreUnavailableException;
import io.aom.metrics.promql.PromqlException;
import io.aom.telemetry.RejectedException;
import java.io.IOException;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import tools.jackson.core.exc.JacksonIOException;

/** Failures in Prometheus's words, for every controller that speaks its envelope. */
@RestControllerAdvice(basePackageClasses = Envelope.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class PrometheusAdvice {
  private static final Logger log = LoggerFactory.getLogger(PrometheusAdvice.class);

  /** When to come again to a service that is busy, and when to a store that does not answer. */
  private static final int SOON_SECONDS = 1;

  private static final int STORE_SECONDS = 5;

  /**
   * Answers with what a controller has thrown.
   *
   * @throws IllegalStateException if an answer is on its way: that is cut off, which its reader
   *     notices
   */
  @ExceptionHandler
  void onFailure(Exception e, Reply reply) throws IOException {
    if ((e instanceof IOException || e instanceof JacksonIOException) && reply.isAbandoned()) {
      log.debug("nobody waits for the answer any more: {}", e.toString());
      return;
    }
    if (!reply.reset()) {
      throw new IllegalStateException("the answer broke off", e);
    }
    switch (e) {
      case PromqlException bad -> onPromql(bad, reply);
      case RejectedException rejected -> {
        int status = rejected.problem().status();
        Envelope.error(
            reply,
            status,
            type(status),
            String.valueOf(rejected.getMessage()),
            status == 503 ? SOON_SECONDS : 0);
      }
      case StoreUnavailableException away -> {
        log.warn("stored blocks cannot be read: {}", away.getMessage());
        Envelope.error(
            reply,
            503,
            "unavailable",
            "stored blocks cannot be read now, the answer would lack data (retry in some seconds)",
            STORE_SECONDS);
      }
      case HttpMessageNotReadableException _ ->
          Envelope.error(reply, 400, "bad_data", "body: none or not whole (expected: a request)");
      case ErrorResponse refused when refused.getStatusCode().is4xxClientError() -> {
        int status = refused.getStatusCode().value();
        Envelope.error(reply, status, type(status), refused.getBody().getDetail());
      }
      default -> {
        String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        log.error("query failed, id {}", id, e);
        Envelope.error(
            reply, 500, "internal", "the service failed; its log says why, under id " + id);
      }
    }
  }

  private static void onPromql(PromqlException e, Reply reply) throws IOException {
    String message = String.valueOf(e.getMessage());
    switch (e.kind()) {
      case PARSE ->
          Envelope.error(reply, 400, "bad_data", "invalid parameter \"query\": " + message);
      case EXECUTION -> Envelope.error(reply, 422, "execution", message);
      case TIMEOUT -> Envelope.error(reply, 503, "timeout", message);
      case CANCELED -> Envelope.error(reply, 503, "canceled", message);
      case BUSY -> Envelope.error(reply, 503, "unavailable", message, SOON_SECONDS);
    }
  }

  private static String type(int status) {
    return switch (status) {
      case 404 -> "not_found";
      case 422 -> "execution";
      case 429, 503 -> "unavailable";
      default -> status < 500 ? "bad_data" : "internal";
    };
  }
}
