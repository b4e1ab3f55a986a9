package io.aom.gateway.intake;

import io.aom.identity.Identity;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** The way to ingest. Thread-safe. */
public interface Ingest {
  /**
   * Sends one request.
   *
   * @param path of a route, without a query string
   * @param caller whose telemetry it is
   * @param headers what ingest is to know of the request; not changed
   * @param body its parts, each to be released once; subscribed to at most once
   * @return what ingest says, whatever its status; {@link java.io.IOException} if it does not,
   *     {@link io.aom.telemetry.RejectedException} if it is not let that far
   */
  Mono<Answer> post(
      String path, Identity caller, HttpHeaders headers, Publisher<? extends ByteBuf> body);

  /**
   * An answer of ingest.
   *
   * @param body empty if there is none
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(int status, HttpHeaders headers, byte[] body) {}
}
