package io.aom.metrics.query.web;

import io.aom.blockstore.StoreUnavailableException;
import io.aom.metrics.promql.PromqlException;
import io.aom.telemetry.RejectedException;
import jakarta.servlet.http.HttpServletResponse;
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

/** Failures in Prometheus's words, for every controller that speaks its envelope. */
@RestControllerAdvice(basePackageClasses = Envelope.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class PrometheusAdvice {
  private static final Logger log = LoggerFactory.getLogger(PrometheusAdvice.class);

  @ExceptionHandler
  void onPromql(PromqlException e, HttpServletResponse response) throws IOException {
    switch (e.kind()) {
      case PARSE ->
          Envelope.error(
              response, 400, "bad_data", "invalid parameter \"query\": " + e.getMessage());
      case EXECUTION -> Envelope.error(response, 422, "execution", String.valueOf(e.getMessage()));
      case TIMEOUT -> Envelope.error(response, 503, "timeout", String.valueOf(e.getMessage()));
      case CANCELED -> Envelope.error(response, 503, "canceled", String.valueOf(e.getMessage()));
      case BUSY -> {
        response.setHeader("Retry-After", "1");
        Envelope.error(response, 503, "unavailable", String.valueOf(e.getMessage()));
      }
    }
  }

  @ExceptionHandler
  void onRejected(RejectedException e, HttpServletResponse response) throws IOException {
    int status = e.problem().status();
    if (status == 503) {
      response.setHeader("Retry-After", "1");
    }
    Envelope.error(response, status, type(status), String.valueOf(e.getMessage()));
  }

  private static String type(int status) {
    return switch (status) {
      case 404 -> "not_found";
      case 422 -> "execution";
      case 429, 503 -> "unavailable";
      default -> status < 500 ? "bad_data" : "internal";
    };
  }

  @ExceptionHandler
  void onStoreUnavailable(StoreUnavailableException e, HttpServletResponse response)
      throws IOException {
    log.warn("stored blocks cannot be read: {}", e.getMessage());
    response.setHeader("Retry-After", "5");
    Envelope.error(
        response,
        503,
        "unavailable",
        "stored blocks cannot be read now, the answer would lack data (retry in some seconds)");
  }

  @ExceptionHandler
  void onUnreadable(HttpMessageNotReadableException e, HttpServletResponse response)
      throws IOException {
    Envelope.error(response, 400, "bad_data", "body: none or not whole (expected: a request)");
  }

  @ExceptionHandler
  void onFailure(Exception e, HttpServletResponse response) throws IOException {
    if (e instanceof ErrorResponse refused && refused.getStatusCode().is4xxClientError()) {
      int status = refused.getStatusCode().value();
      Envelope.error(response, status, type(status), refused.getBody().getDetail());
      return;
    }
    String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    log.error("query failed, id {}", id, e);
    Envelope.error(
        response, 500, "internal", "the service failed; its log says why, under id " + id);
  }
}
