package io.aom.gateway.intake;

import io.aom.gateway.access.IdentityStatements;
import io.aom.identity.Identity;
import io.aom.identity.IdentityTokens;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/** Ingest over kept connections; each request bears the signed identity of its caller. */
public final class HttpIngest implements Ingest, AutoCloseable {
  /** Shorter than ingest keeps idle connections, so that it does not close one as it is used. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  private static final byte[] NOTHING = new byte[0];

  private final ConnectionProvider connections;
  private final HttpClient http;
  private final IdentityStatements statements;
  private final String base;

  /** By path, of which there are few: the client would take a text apart for each request. */
  private final Map<String, URI> addresses = new ConcurrentHashMap<>();

  /**
   * @param maxConcurrent connections at most
   */
  public HttpIngest(
      URI ingest, int maxConcurrent, IdentityStatements statements, LoopResources loops) {
    this.statements = statements;
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

  @Override
  public Mono<Answer> post(
      String path, Identity caller, HttpHeaders headers, Publisher<? extends ByteBuf> body) {
    return http.headers(all -> all.set(headers).set(IdentityTokens.HEADER, statements.of(caller)))
        .request(HttpMethod.POST)
        .uri(addresses.computeIfAbsent(path, p -> URI.create(base + p)))
        .send(body)
        .responseSingle(
            (response, content) ->
                content
                    .asByteArray()
                    .defaultIfEmpty(NOTHING)
                    .map(
                        bytes ->
                            new Answer(
                                response.status().code(), response.responseHeaders(), bytes)));
  }

  @Override
  public void close() {
    connections.dispose();
  }
}
