package io.aom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.gateway.intake.OtlpGrpcServer;
import io.aom.testkit.Await;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What messages of gRPC take together while they come, sent by a client that holds them back. */
class GrpcRoomTest {
  private static final int ROOM = 4_000_000;
  private static final int MESSAGE = 1_000_000;

  /** Four of them fit. */
  private static final int MOST_OF_ONE = 900_000;

  private static TestGateway gateway;
  private static String agent;
  private static MultiThreadIoEventLoopGroup loop;
  private static OtlpGrpcServer server;
  private Channel connection;

  @BeforeAll
  static void start() throws Exception {
    gateway =
        TestGateway.start(
            "aom.gateway.max-intake-body=" + MESSAGE + "B",
            "aom.gateway.intake.max-grpc-bytes=" + ROOM + "B");
    gateway.backend.behaviour =
        (exchange, body) -> Backend.reply(exchange, 200, "application/x-protobuf", new byte[0]);
    server = gateway.context.getBean(OtlpGrpcServer.class);
    agent = gateway.key("agent", "default");
    loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  }

  @AfterAll
  static void stop() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    gateway.close();
  }

  @BeforeEach
  void connect() throws Exception {
    connection =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(Http2FrameCodecBuilder.forClient().build())
                        .addLast(new Http2MultiplexHandler(new Ignored()));
                  }
                })
            .connect("127.0.0.1", gateway.ports.otlpGrpc())
            .sync()
            .channel();
  }

  @AfterEach
  void disconnect() throws Exception {
    connection.close().sync();
  }

  @Test
  void messagesThatAreNotWholeHaveNoMoreRoomThanThereIs() throws Exception {
    List<Call> fitting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      fitting.add(begin().send(MOST_OF_ONE));
    }
    Await.until("four are held", () -> server.messageBytes() >= 4 * MOST_OF_ONE);
    List<Call> beyond = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      beyond.add(begin().send(MOST_OF_ONE));
    }

    for (Call call : beyond) {
      assertThat(call.status()).isEqualTo("14 gateway: no room now");
    }
    assertThat(fitting).noneMatch(Call::isOver);
    assertThat(server.messageBytes()).isBetween(4L * MOST_OF_ONE, (long) ROOM);
    othersAreServed();

    fitting.getFirst().sendLast(MESSAGE - MOST_OF_ONE);
    assertThat(fitting.getFirst().status()).isEqualTo("0 null");
    for (Call call : fitting) {
      call.reset();
    }
    Await.until("all is given back", () -> server.messageBytes() == 0);
  }

  /** A part takes more than its bytes. */
  @Test
  void aMessageInTinyPartsIsCountedAsWhatItTakes() throws Exception {
    Call call = begin().send(1);
    // What came before the call has begun is read, and counted, as one part.
    Await.until("the call has begun", () -> server.messageBytes() > 0);
    for (int i = 0; i < 5_000; i++) {
      call.send(1);
    }

    assertThat(call.status()).isEqualTo("14 gateway: no room now");
    othersAreServed();
  }

  private static void othersAreServed() {
    Metadata headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + agent);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", gateway.ports.otlpGrpc())
            .usePlaintext()
            .build();
    try {
      TraceServiceGrpc.newBlockingStub(channel)
          .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
          .withDeadlineAfter(60, TimeUnit.SECONDS)
          .export(ExportTraceServiceRequest.getDefaultInstance());
    } finally {
      channel.shutdownNow();
    }
  }

  private Call begin() throws Exception {
    Call call = new Call();
    call.stream = new Http2StreamChannelBootstrap(connection).handler(call).open().sync().getNow();
    Http2Headers headers =
        new DefaultHttp2Headers()
            .method("POST")
            .scheme("http")
            .path("/opentelemetry.proto.collector.trace.v1.TraceService/Export")
            .authority("a")
            .set("content-type", "application/grpc")
            .set("te", "trailers")
            .set("authorization", "Bearer " + agent);
    call.stream.writeAndFlush(new DefaultHttp2HeadersFrame(headers)).sync();
    byte[] prefix = ByteBuffer.allocate(5).put((byte) 0).putInt(MESSAGE).array();
    call.stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(prefix)));
    return call;
  }

  /** A call whose message has {@link #MESSAGE} bytes, of which some come. */
  private static final class Call extends SimpleChannelInboundHandler<Http2StreamFrame> {
    private final CompletableFuture<String> status = new CompletableFuture<>();
    private Http2StreamChannel stream;

    Call send(int bytes) {
      stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[bytes])));
      return this;
    }

    void sendLast(int bytes) {
      stream.writeAndFlush(
          new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(new byte[bytes]), true));
    }

    void reset() throws Exception {
      stream.close().sync();
    }

    boolean isOver() {
      return status.isDone();
    }

    /** Code and message that the server ends the call with; waits for it. */
    String status() throws Exception {
      return status.get(60, TimeUnit.SECONDS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, Http2StreamFrame frame) {
      if (frame instanceof Http2HeadersFrame headers && headers.isEndStream()) {
        CharSequence message = headers.headers().get("grpc-message");
        status.complete(headers.headers().get("grpc-status") + " " + message);
      }
    }
  }

  /** A server opens no streams. */
  @Sharable
  private static final class Ignored extends SimpleChannelInboundHandler<Object> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {
      // Nothing comes.
    }
  }
}
