package io.aom.standalone;

import io.aom.gateway.intake.Ingest;
import io.aom.identity.Identity;
import io.aom.ingest.direct.Arrival;
import io.aom.ingest.direct.DirectIntake;
import io.aom.ingest.intake.IntakeAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.reactivestreams.Publisher;
import org.springframework.boot.SpringApplication;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Ingest of this JVM as its gateway reaches it: without a socket between them, and without the two
 * ends of HTTP that go with one. As long as it does not run it is not reached, as over HTTP.
 */
final class LocalIngest implements Ingest {
  private final Executor threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("intake-", 0).factory());
  private final RunningBean<DirectIntake> intake = new RunningBean<>(DirectIntake.class);

  /** Watches ingest come and go. */
  void follow(SpringApplication ingest) {
    intake.follow(ingest);
  }

  /** Becomes the way that this gateway takes. */
  void serve(SpringApplication gateway) {
    gateway.addInitializers(
        context -> context.getBeanFactory().registerSingleton("localIngest", this));
  }

  @Override
  public Mono<Answer> post(
      String path, Identity caller, HttpHeaders headers, Publisher<? extends ByteBuf> body) {
    return Mono.defer(
        () -> {
          DirectIntake running;
          try {
            running = intake.get();
          } catch (ConnectException e) {
            return Mono.error(e);
          }
          int declaredBytes = headers.getInt(HttpHeaderNames.CONTENT_LENGTH, -1);
          Arrival arrival = running.begin(path, caller.tenant(), headers::get, declaredBytes);
          return Flux.from(body)
              .doOnNext(part -> add(arrival, part))
              .then()
              .doOnError(e -> arrival.close())
              .doOnCancel(arrival::close)
              .then(Mono.defer(() -> answered(arrival)));
        });
  }

  private static void add(Arrival arrival, ByteBuf part) {
    try {
      arrival.add(part.nioBuffer());
    } finally {
      part.release();
    }
  }

  /** A sender that leaves does not stop it: what of the request is in Kafka stays there. */
  private Mono<Answer> answered(Arrival arrival) {
    return Mono.fromFuture(
        CompletableFuture.supplyAsync(() -> answer(arrival), threads), /* suppressCancel= */ true);
  }

  private static Answer answer(Arrival arrival) {
    IntakeAnswer answer;
    try {
      answer = arrival.answer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    HttpHeaders headers = new DefaultHttpHeaders();
    answer.headers().forEach(headers::set);
    if (answer.status() != HttpResponseStatus.NO_CONTENT.code()) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
    }
    return new Answer(answer.status(), headers, answer.body());
  }
}
