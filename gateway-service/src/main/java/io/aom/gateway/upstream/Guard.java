package io.aom.gateway.upstream;

import io.aom.gateway.problem.GatewayProblem;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.reactor.bulkhead.operator.BulkheadOperator;
import io.github.resilience4j.reactor.circuitbreaker.operator.CircuitBreakerOperator;
import io.github.resilience4j.reactor.timelimiter.TimeLimiterOperator;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Mono;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;

/**
 * Keeps the failure of one service from becoming that of the gateway: a circuit breaker that spares
 * a service that does not answer, a bulkhead that bounds what waits for it, and a time limit.
 *
 * <p>Only silence counts against a service: no connection, none in time. An answer, whatever its
 * status, shows that it lives.
 */
public final class Guard {
  private static final Duration OPEN_FOR = Duration.ofSeconds(2);

  private final Service service;
  private final CircuitBreaker breaker;
  private final Bulkhead bulkhead;
  private final TimeLimiter timeLimiter;

  /**
   * @param maxConcurrent calls under way at once; further ones are refused at once
   * @param timeout longest wait for the end of an answer
   */
  public Guard(Service service, int maxConcurrent, Duration timeout) {
    this.service = service;
    this.breaker =
        CircuitBreaker.of(
            service.wireName(),
            CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.TIME_BASED)
                .slidingWindowSize(10)
                .minimumNumberOfCalls(10)
                .failureRateThreshold(50)
                .waitDurationInOpenState(OPEN_FOR)
                .permittedNumberOfCallsInHalfOpenState(3)
                .automaticTransitionFromOpenToHalfOpenEnabled(false)
                .recordException(Guard::isSilence)
                .build());
    this.bulkhead =
        Bulkhead.of(
            service.wireName(),
            BulkheadConfig.custom()
                .maxConcurrentCalls(maxConcurrent)
                .maxWaitDuration(Duration.ZERO)
                .build());
    this.timeLimiter =
        TimeLimiter.of(
            service.wireName(), TimeLimiterConfig.custom().timeoutDuration(timeout).build());
  }

  /**
   * Runs {@code call} under the guard.
   *
   * @param waitsForSender whether the client has not sent all of the body yet; then it is the
   *     client who is slow, and nothing counts against the service
   * @return its outcome; {@link RejectedException} with 503 or 504 if it must not run, does not
   *     reach the service, or takes too long
   */
  public <T> Mono<T> protect(Mono<T> call, BooleanSupplier waitsForSender) {
    return call.transformDeferred(TimeLimiterOperator.of(timeLimiter))
        .onErrorMap(
            TimeoutException.class,
            e -> waitsForSender.getAsBoolean() ? new BodyReadException(e) : e)
        .transformDeferred(CircuitBreakerOperator.of(breaker))
        .transformDeferred(BulkheadOperator.of(bulkhead))
        .onErrorMap(this::inOurWords);
  }

  public Service service() {
    return service;
  }

  CircuitBreaker breaker() {
    return breaker;
  }

  Bulkhead bulkhead() {
    return bulkhead;
  }

  private Throwable inOurWords(Throwable e) {
    String name = service.wireName() + "-service";
    if (e instanceof BulkheadFullException || e instanceof PoolAcquirePendingLimitException) {
      return rejected(GatewayProblem.SERVICE_BUSY, name + ": has all the requests it can take");
    }
    if (e instanceof CallNotPermittedException) {
      return rejected(GatewayProblem.SERVICE_UNAVAILABLE, name + ": did not answer lately");
    }
    if (e instanceof TimeoutException || e instanceof ReadTimeoutException) {
      return rejected(GatewayProblem.SERVICE_TIMEOUT, name + ": no answer in time");
    }
    if (isSilence(e)) {
      return rejected(GatewayProblem.SERVICE_UNAVAILABLE, name + ": does not answer");
    }
    return e;
  }

  private static RejectedException rejected(Problem problem, String detail) {
    // Not all at the same moment: clients that were refused together should not return together.
    long wait = OPEN_FOR.toSeconds() + ThreadLocalRandom.current().nextLong(4);
    return new RejectedException(problem, detail, Map.of("retryAfterSeconds", wait));
  }

  private static boolean isSilence(Throwable e) {
    return e instanceof ConnectException
        || e instanceof ConnectTimeoutException
        || e instanceof UnknownHostException
        || e instanceof TimeoutException
        || e instanceof ReadTimeoutException
        || e instanceof PoolAcquireTimeoutException
        || (e instanceof IOException && !(e instanceof BodyReadException));
  }

  /** Marks a failure to read the client's body, which says nothing about the service. */
  public static final class BodyReadException extends IOException {
    private static final long serialVersionUID = 1L;

    public BodyReadException(Throwable cause) {
      super(cause);
    }
  }
}
