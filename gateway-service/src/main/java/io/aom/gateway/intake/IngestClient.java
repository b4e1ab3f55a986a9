package io.aom.gateway.intake;

import io.aom.gateway.upstream.Guard;
import io.aom.identity.Identity;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.function.BooleanSupplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Sends telemetry to ingest under a guard. */
public final class IngestClient {
  private final Ingest ingest;
  private final Guard guard;

  public IngestClient(Ingest ingest, Guard guard) {
    this.ingest = ingest;
    this.guard = guard;
  }

  /**
   * Sends one request; see {@link Ingest#post}.
   *
   * @param waitsForSender whether the client has not sent all of the body yet; then slowness is not
   *     ingest's
   */
  Mono<Ingest.Answer> post(
      String path,
      Identity caller,
      HttpHeaders headers,
      Publisher<? extends ByteBuf> body,
      BooleanSupplier waitsForSender) {
    return guard.protect(ingest.post(path, caller, headers, body), waitsForSender);
  }
}
