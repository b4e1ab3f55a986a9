package io.aom.gateway.intake;

import io.aom.gateway.upstream.Guard;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** Posts telemetry to ingest over kept connections; under a guard. */
public final class IngestClient implements AutoCloseable {
  /** Shorter than ingest keeps idle connections, so that it does not close one as it is used. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final ConnectionProvider connections;
  private final HttpClient http;
  private final Guard guard;
  private final String base;

  /** By path, of which there are few: the client would take a text apart for each request. */
  private final Map<String, URI> addresses = new ConcurrentHashMap<>();

  /**
   * @param maxConcurrent connections at most; the guard lets no more requests through
   */
  public IngestClient(URI ingest, int maxConcurrent, Guard guard, LoopResources loops) {
    this.guard = guard;
    this.base = ingest.toString().replaceFirst("/$", "");
    this.connections =
        ConnectionProvider.builder("ingest")
            .maxConnections(maxConcurrent)
            .pendingAcquireMaxCount(maxConcurrent)
            .pendingAcquireTimeout(Duration.ofSeconds(2))
            .maxIdleTime(IDLE)
            .evictInBackground(IDLE)
            .build();
    this.http =
        HttpClient.create(connections)
            .runOn(loops)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 1_000)
            .disableRetry(false)
            .followRedirect(false)
            .compress(false);
  }

  /**
   * Sends one request.
   *
   * @param path of a route, without a query string
   * @param headers all that ingest gets, besides {@code Host}
   * @param waitsForSender whether the client has not sent all of the body yet; then slowness is not
   *     ingest's
   * @param answer reads the answer; its outcome is that of the call
   */
  <T> Mono<T> post(
      String path,
      HttpHeaders headers,
      Publisher<? extends ByteBuf> body,
      BooleanSupplier waitsForSender,
      BiFunction<? super HttpClientResponse, ? super ByteBufFlux, Mono<T>> answer) {
    Mono<T> call =
        http.headers(all -> all.set(headers))
            .request(HttpMethod.POST)
            .uri(addresses.computeIfAbsent(path, p -> URI.create(base + p)))
            .send(body)
            .response((response, content) -> answer.apply(response, content))
            .next();
    return guard.protect(call, waitsForSender);
  }

  @Override
  public void close() {
    connections.dispose();
  }
}
