package io.aom.gateway;

import io.aom.gateway.intake.OtlpGrpcServer;
import io.aom.gateway.intake.OtlpHttpServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;

/**
 * The ports that the gateway listens on, for those who asked for free ones. Those of OTLP close
 * with the web server's: later there would be no event loops to close them, and each would wait for
 * one in vain.
 */
public final class GatewayPorts
    implements ApplicationListener<WebServerInitializedEvent>, SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(GatewayPorts.class);

  private final OtlpHttpServer otlpHttp;
  private final OtlpGrpcServer otlpGrpc;
  private volatile int http;
  private volatile boolean running;

  GatewayPorts(OtlpHttpServer otlpHttp, OtlpGrpcServer otlpGrpc) {
    this.otlpHttp = otlpHttp;
    this.otlpGrpc = otlpGrpc;
  }

  @Override
  public void onApplicationEvent(WebServerInitializedEvent event) {
    if (event.getApplicationContext().getServerNamespace() == null) {
      http = event.getWebServer().getPort();
      log.info(
          "gateway on port {}, OTLP/HTTP {}, OTLP/gRPC {}", http, otlpHttp.port(), otlpGrpc.port());
    }
  }

  /** Port of everything; 0 until the server is up. */
  public int http() {
    return http;
  }

  /** Port of OTLP/HTTP. */
  public int otlpHttp() {
    return otlpHttp.port();
  }

  /** Port of OTLP/gRPC. */
  public int otlpGrpc() {
    return otlpGrpc.port();
  }

  @Override
  public void start() {
    running = true; // They listen since they were made.
  }

  @Override
  public void stop() {
    otlpHttp.close();
    otlpGrpc.close();
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
