package io.aom.gateway.intake;

import io.aom.gateway.access.Authenticator;
import io.aom.gateway.access.Presented;
import io.aom.gateway.problem.GatewayProblem;
import io.aom.gateway.problem.ProblemJson;
import io.aom.gateway.upstream.Guard.BodyReadException;
import io.aom.identity.Identity;
import io.aom.identity.Role;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Passes telemetry on to ingest as it arrives: who sends it is decided, its bytes are counted, and
 * nothing else is looked at. Runs on the event loop without Spring, for it is on the path of every
 * sample.
 */
public final class IntakeProxy {
  private static final Logger log = LoggerFactory.getLogger(IntakeProxy.class);

  /** How long a refused client may go on sending, so that it gets to read why. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private final Authenticator authenticator;
  private final IngestClient ingest;
  private final IntakeCounters counters;
  private final long maxBytes;

  /**
   * @param maxBytes largest body on the wire
   */
  public IntakeProxy(
      Authenticator authenticator, IngestClient ingest, IntakeCounters counters, long maxBytes) {
    this.authenticator = authenticator;
    this.ingest = ingest;
    this.counters = counters;
    this.maxBytes = maxBytes;
  }

  /** Whether {@link #handle} is for this request. */
  public boolean takes(HttpServerRequest request) {
    String path = request.fullPath();
    return IntakeRoute.find(path) != null || IntakeRoute.undoubled(path) != null;
  }

  /** Answers a request that this proxy {@linkplain #takes takes}; 404 for any other. */
  public Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    String path = request.fullPath();
    IntakeRoute route = IntakeRoute.find(path);
    String undoubled = route == null ? IntakeRoute.undoubled(path) : null;
    if (undoubled != null) {
      return new Call(IntakeRoute.find(undoubled), request, response)
          .refuse(
              new RejectedException(
                  Problem.NOT_FOUND,
                  "path: "
                      + path
                      + " (expected: "
                      + undoubled
                      + "; the exporter appends /v1/..., so leave it out of the endpoint)"));
    }
    Call call = new Call(route, request, response);
    if (route == null) {
      return call.refuse(
          new RejectedException(
              Problem.NOT_FOUND, "path (expected: one of " + IntakeRoute.paths() + ")"));
    }
    return call.answer(route);
  }

  /** One request under way. */
  private final class Call {
    private final @Nullable IntakeRoute route;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final HttpHeaders headers;
    private final AtomicBoolean bodyTouched = new AtomicBoolean();
    private final AtomicBoolean bodyComplete = new AtomicBoolean();

    Call(@Nullable IntakeRoute route, HttpServerRequest request, HttpServerResponse response) {
      this.route = route;
      this.request = request;
      this.response = response;
      this.headers = request.requestHeaders();
    }

    Mono<Void> answer(IntakeRoute taken) {
      if (!HttpMethod.POST.equals(request.method())) {
        response.header(HttpHeaderNames.ALLOW, "POST");
        return refuse(
            new RejectedException(GatewayProblem.METHOD_NOT_ALLOWED, "method (expected: POST)"));
      }
      Presented presented = Presented.of(headers::get, request.remoteAddress());
      Identity caller;
      try {
        caller = authenticator.inMemory(presented, Role.AGENT);
        if (length() > maxBytes) {
          throw tooLarge();
        }
      } catch (RejectedException e) {
        return refuse(e);
      }
      if (caller != null) {
        return forward(taken, caller);
      }
      return Mono.fromCallable(() -> authenticator.lookUp(presented, Role.AGENT))
          .subscribeOn(Schedulers.boundedElastic())
          .flatMap(found -> forward(taken, found))
          .onErrorResume(RejectedException.class, this::refuse);
    }

    private Mono<Void> forward(IntakeRoute taken, Identity caller) {
      return ingest
          .post(
              taken.upstreamPath(),
              caller,
              ForwardedHeaders.toIngest(headers),
              body(),
              () -> !bodyComplete.get())
          .flatMap(this::pass)
          .onErrorResume(this::failed);
    }

    private Mono<Void> pass(Ingest.Answer answer) {
      counters.http(answer.status());
      response.status(answer.status());
      ForwardedHeaders.toClient(answer.headers(), response.responseHeaders());
      return answer.body().length == 0
          ? response.send()
          : response.sendByteArray(Mono.just(answer.body())).then();
    }

    private Flux<ByteBuf> body() {
      bodyTouched.set(true);
      long[] seen = {0};
      return request
          .receive()
          .map(
              part -> {
                seen[0] += part.readableBytes();
                if (seen[0] > maxBytes) {
                  throw tooLarge();
                }
                return part.retain();
              })
          .onErrorMap(e -> e instanceof RejectedException ? e : new BodyReadException(e))
          .doOnComplete(() -> bodyComplete.set(true));
    }

    private Mono<Void> failed(Throwable e) {
      if (response.hasSentHeaders()) {
        return Mono.error(e); // the answer is cut off; closing the connection says so
      }
      if (e instanceof RejectedException rejection) {
        return refuse(rejection);
      }
      if (e instanceof BodyReadException) {
        return refuse(
            new RejectedException(
                new Problem("body-incomplete", "Body incomplete", 408),
                "body: did not arrive in time"));
      }
      log.error("intake failed", e);
      return refuse(new RejectedException(GatewayProblem.INTERNAL, "the gateway failed"));
    }

    /** Answers with the refusal, in the form that the route's clients read. */
    Mono<Void> refuse(RejectedException e) {
      counters.http(e.problem().status());
      return drained().then(Mono.defer(() -> send(e)));
    }

    private Mono<Void> send(RejectedException e) {
      int status = e.problem().status();
      String message = String.valueOf(e.getMessage());
      response.status(status);
      Long retryAfter = ProblemJson.retryAfterSeconds(e);
      if (retryAfter != null) {
        response.header(HttpHeaderNames.RETRY_AFTER, retryAfter.toString());
      }
      if (status == 401) {
        response.header(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer realm=\"AOM\"");
      }
      byte[] body;
      String contentType;
      if (route == null || !route.otlp()) {
        body = ProblemJson.problem(e);
        contentType = ProblemJson.MEDIA_TYPE;
      } else if (isJson()) {
        body = RpcStatus.json(RpcStatus.code(status), message);
        contentType = "application/json";
      } else {
        body = RpcStatus.protobuf(RpcStatus.code(status), message, retryAfter);
        contentType = "application/x-protobuf";
      }
      response.header(HttpHeaderNames.CONTENT_TYPE, contentType);
      response.header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
      if (!bodyComplete.get()) {
        response.keepAlive(false);
      }
      return response.sendByteArray(Mono.just(body)).then();
    }

    /**
     * Reads what the client is still sending, up to a bound and for a moment: a client that writes
     * into a closed connection sees a broken one instead of the answer, and sends it all again.
     */
    private Mono<Void> drained() {
      if (headers.contains(HttpHeaderNames.EXPECT) || !bodyTouched.compareAndSet(false, true)) {
        return Mono.empty();
      }
      long[] left = {2 * maxBytes};
      return request
          .receive()
          .map(
              part -> {
                left[0] -= part.readableBytes();
                return left[0];
              })
          .doOnComplete(() -> bodyComplete.set(true))
          .takeWhile(remaining -> remaining > 0)
          .take(LINGER)
          .onErrorComplete()
          .then();
    }

    private boolean isJson() {
      String contentType = headers.get(HttpHeaderNames.CONTENT_TYPE);
      return contentType != null && contentType.startsWith("application/json");
    }

    private long length() {
      String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
      try {
        return length == null ? -1 : Long.parseLong(length.strip());
      } catch (NumberFormatException e) {
        throw new RejectedException(
            Problem.BAD_REQUEST, "Content-Length: not a number (expected: bytes)");
      }
    }

    private RejectedException tooLarge() {
      return new RejectedException(
          Problem.TOO_LARGE, "body: larger than " + maxBytes + " bytes (expected: at most that)");
    }
  }
}
