package io.aom.gateway.intake;

import io.aom.gateway.access.Authenticator;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.resources.LoopResources;

/**
 * OTLP/gRPC: the three {@code Export} methods. Messages are neither decoded nor decompressed here;
 * their bytes go on to ingest.
 */
public final class OtlpGrpcServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OtlpGrpcServer.class);

  private static final Map<String, String> PATHS =
      Map.of(
          "opentelemetry.proto.collector.trace.v1.TraceService", "/v1/traces",
          "opentelemetry.proto.collector.metrics.v1.MetricsService", "/v1/metrics",
          "opentelemetry.proto.collector.logs.v1.LogsService", "/v1/logs");

  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("otlp-grpc-", 0).factory());
  private final ScheduledExecutorService deadlines =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("otlp-grpc-deadlines").daemon().factory());
  private final GrpcRoom room;
  private final Server server;

  /**
   * Listens at once; port 0 takes a free one.
   *
   * @param connections how many there may be
   * @param loops what runs them; shared with others
   * @param messageTime how long the message of a call may take to come
   * @param maxMessageBytes largest message on the wire
   * @param maxBytesInMemory messages in memory at once, whole or not; a call beyond is told to come
   *     back
   */
  public OtlpGrpcServer(
      InetSocketAddress address,
      Authenticator authenticator,
      IngestClient ingest,
      IntakeCounters counters,
      GrpcConnections connections,
      LoopResources loops,
      Duration messageTime,
      int maxMessageBytes,
      long maxBytesInMemory) {
    this.room = new GrpcRoom(maxBytesInMemory);
    EventLoopGroup accepting = loops.onServerSelect(true);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .executor(threads)
            .bossEventLoopGroup(accepting)
            .workerEventLoopGroup(loops.onServer(true))
            .channelFactory(
                () -> {
                  ServerSocketChannel channel =
                      loops.onChannel(ServerSocketChannel.class, accepting);
                  channel.pipeline().addLast(connections);
                  return channel;
                })
            .addStreamTracerFactory(room)
            .maxInboundMessageSize(maxMessageBytes)
            .maxInboundMetadataSize(16 * 1024)
            .maxConcurrentCallsPerConnection(100)
            .maxRstFramesPerWindow(200, 30)
            .maxConnectionIdle(10, TimeUnit.MINUTES)
            .permitKeepAliveTime(10, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .decompressorRegistry(
                DecompressorRegistry.emptyInstance()
                    .with(Codec.Identity.NONE, false)
                    .with(new AsItIs("gzip"), true)
                    .with(new AsItIs("zstd"), true));
    PATHS.forEach(
        (service, path) -> {
          GrpcExport export =
              new GrpcExport(
                  path,
                  authenticator,
                  ingest,
                  counters,
                  threads,
                  task ->
                      deadlines.schedule(
                          () -> threads.execute(task),
                          messageTime.toMillis(),
                          TimeUnit.MILLISECONDS));
          builder.addService(
              ServerServiceDefinition.builder(service).addMethod(method(service), export).build());
        });
    try {
      this.server = builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException("OTLP/gRPC port " + address.getPort() + ": in use", e);
    }
    log.info("OTLP/gRPC on port {}", server.getPort());
  }

  private static MethodDescriptor<byte[], byte[]> method(String service) {
    GrpcBytes marshaller = new GrpcBytes();
    return MethodDescriptor.newBuilder(marshaller, marshaller)
        .setType(MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, "Export"))
        .build();
  }

  /** The port that it listens on. */
  public int port() {
    return server.getPort();
  }

  /** Bytes that messages take now, whole or still coming. */
  public long messageBytes() {
    return room.taken();
  }

  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(10, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    deadlines.shutdownNow();
    threads.close();
  }
}
