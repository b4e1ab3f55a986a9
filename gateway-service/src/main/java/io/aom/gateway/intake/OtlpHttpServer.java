package io.aom.gateway.intake;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/** The port that OTLP/HTTP clients know by heart, with the telemetry routes and no others. */
public final class OtlpHttpServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OtlpHttpServer.class);

  private final DisposableServer server;

  /** Listens at once; port 0 takes a free one. */
  public OtlpHttpServer(
      InetSocketAddress address, IntakeProxy proxy, ConnectionBounds bounds, LoopResources loops) {
    this.server =
        bounds
            .applyTo(HttpServer.create())
            .runOn(loops)
            .bindAddress(() -> address)
            .handle(proxy::handle)
            .bindNow();
    log.info("OTLP/HTTP on port {}", server.port());
  }

  /** The port that it listens on. */
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.disposeNow(Duration.ofSeconds(10));
  }
}
