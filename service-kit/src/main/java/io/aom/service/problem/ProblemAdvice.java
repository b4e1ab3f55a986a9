package io.aom.service.problem;

import io.aom.blockstore.StoreUnavailableException;
import io.aom.opensearch.OpenSearchUnavailableException;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.io.IOException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/**
 * Turns every failure of a controller into RFC 9457: rejections of ours, Spring's own, and bugs.
 * APIs with an envelope of their own have an advice of their own with a higher {@code @Order}.
 */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

  @ExceptionHandler
  ResponseEntity<Object> onRejected(RejectedException e) {
    return ResponseEntity.status(e.problem().status())
        .headers(ProblemBodies.headers(e))
        .body(ProblemBodies.of(e));
  }

  /** Storage is away: the caller should come again, the reason goes to the log. */
  @ExceptionHandler({OpenSearchUnavailableException.class, StoreUnavailableException.class})
  ResponseEntity<Object> onStorageUnavailable(RuntimeException e) {
    log.warn("storage does not answer: {}", e.getMessage());
    return onRejected(
        new RejectedException(
            Problem.UNAVAILABLE,
            "storage: does not answer (retry in some seconds)",
            Map.of(ProblemBodies.RETRY_AFTER_SECONDS, 5)));
  }

  /** A bug or a broken dependency: the caller gets an id to quote, the log has the rest. */
  @ExceptionHandler
  @Nullable ResponseEntity<Object> onUnexpected(Exception e, WebRequest request) {
    RejectedException rejection = rejectionIn(e);
    if (rejection != null) {
      return onRejected(rejection);
    }
    HttpStatus parameters = ParameterFailure.status(e);
    if (parameters != null) {
      return answer(
          ProblemBodies.ofStatus(parameters), "form: not readable or too large", Map.of());
    }
    if (e instanceof IOException) {
      log.debug("the caller went away: {}", e.toString());
      return null;
    }
    String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    log.error("request failed, id {}: {}", id, request.getDescription(false), e);
    return answer(
        new Problem("internal", "Internal error", 500),
        "The service failed; its log says why, under this id.",
        Map.of("id", id));
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
      HttpMessageNotReadableException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    RejectedException rejection = rejectionIn(e);
    return rejection != null
        ? onRejected(rejection)
        : answer(Problem.BAD_REQUEST, describe(e), Map.of());
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleTypeMismatch(
      TypeMismatchException e, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
    String name =
        e instanceof MethodArgumentTypeMismatchException argument
            ? argument.getName()
            : e.getPropertyName();
    String expected = reason(e);
    if (expected != null && expected.contains("(expected: ")) {
      return answer(Problem.BAD_REQUEST, expected, Map.of());
    }
    if (expected == null) {
      Class<?> type = e.getRequiredType();
      expected = type == null ? "another value" : type.getSimpleName();
    }
    return answer(
        Problem.BAD_REQUEST,
        name + ": " + e.getValue() + " (expected: " + expected + ")",
        Map.of());
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleMissingServletRequestParameter(
      MissingServletRequestParameterException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    return answer(
        Problem.BAD_REQUEST,
        e.getParameterName() + ": missing (expected: a parameter of this name)",
        Map.of());
  }

  @Override
  protected @Nullable ResponseEntity<Object> handleMethodArgumentNotValid(
      MethodArgumentNotValidException e,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    List<Map<String, String>> errors =
        e.getBindingResult().getFieldErrors().stream()
            .map(
                error ->
                    Map.of(
                        "pointer",
                        "/" + error.getField().replace('.', '/'),
                        "detail",
                        String.valueOf(error.getDefaultMessage())))
            .toList();
    return answer(Problem.BAD_REQUEST, "body: not valid", Map.of("errors", errors));
  }

  /** Gives Spring's own problems, which know a status only, the type and title of ours. */
  @Override
  protected @Nullable ResponseEntity<Object> handleExceptionInternal(
      Exception e,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    Problem problem = ProblemBodies.ofStatus(status);
    String detail = body instanceof ProblemDetail known ? known.getDetail() : null;
    Map<String, Object> further = new LinkedHashMap<>();
    if (body instanceof ProblemDetail known && known.getProperties() != null) {
      further.putAll(known.getProperties());
    }
    return ResponseEntity.status(status)
        .headers(headers)
        .body(ProblemBodies.of(problem, detail, further));
  }

  private static ResponseEntity<Object> answer(
      Problem problem, String detail, Map<String, Object> further) {
    return ResponseEntity.status(problem.status()).body(ProblemBodies.of(problem, detail, further));
  }

  private static @Nullable RejectedException rejectionIn(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof RejectedException rejection) {
        return rejection;
      }
    }
    return null;
  }

  /** What a type of ours says about a value it does not take; null if another type refused it. */
  private static @Nullable String reason(Throwable e) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof IllegalArgumentException
          && !(cause instanceof NumberFormatException)
          && !cause.getClass().getName().startsWith("org.springframework.")) {
        return cause.getMessage();
      }
    }
    return null;
  }

  /** What is wrong with the body, in the caller's words: no class names, no source excerpts. */
  private static String describe(HttpMessageNotReadableException failure) {
    if (!(failure.getCause() instanceof JacksonException json)) {
      return "body: missing or not readable";
    }
    String place =
        json.getLocation() == null
            ? ""
            : " at line "
                + json.getLocation().getLineNr()
                + ", column "
                + json.getLocation().getColumnNr();
    if (!(json instanceof DatabindException)) {
      return "body: not JSON" + place;
    }
    String path = path(json);
    if (json instanceof UnrecognizedPropertyException) {
      return path + ": unknown field" + place;
    }
    if (json.getCause() instanceof IllegalArgumentException reason && reason.getMessage() != null) {
      return path + ": " + reason.getMessage();
    }
    Class<?> wanted =
        json instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
    String expected = wanted == null ? "" : " (expected: " + JsonShape.of(wanted) + ")";
    return path + ": not of the expected type" + place + expected;
  }

  private static String path(JacksonException json) {
    StringBuilder path = new StringBuilder("body");
    for (JacksonException.Reference step : json.getPath()) {
      if (step.getPropertyName() != null) {
        path.append('.').append(step.getPropertyName());
      } else {
        path.append('[').append(step.getIndex()).append(']');
      }
    }
    return path.toString();
  }
}
