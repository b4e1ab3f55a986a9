package io.aom.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.gateway.intake.GrpcConnections;
import io.aom.testkit.Await;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Connections and calls of gRPC that cost us something and bring nothing. */
class GrpcConnectionsTest {
  private static final int MOST = 4;
  private static final int CALLS_AT_ONCE = 100;
  private static final byte SETTINGS = 4;
  private static final int MAX_CONCURRENT_STREAMS = 3;

  private static TestGateway gateway;
  private static GrpcConnections connections;
  private static String agent;
  private final List<ManagedChannel> channels = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    gateway =
        TestGateway.start(
            "aom.gateway.connections.most-grpc=" + MOST,
            "aom.gateway.connections.idle=10s",
            "aom.gateway.connections.body=2s");
    gateway.backend.behaviour =
        (exchange, body) -> Backend.reply(exchange, 200, "application/x-protobuf", new byte[0]);
    connections = gateway.context.getBean(GrpcConnections.class);
    agent = gateway.key("agent", "default");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @AfterEach
  void othersAreServedAsBefore() throws Exception {
    channels.forEach(ManagedChannel::shutdownNow);
    Await.until("no connection is left", () -> connections.open() == 0);
    Call call = new Call(channel());
    call.sendAll();
    assertThat(call.status()).isEqualTo(Status.Code.OK);
    channels.forEach(ManagedChannel::shutdownNow);
    Await.until("its connection is gone", () -> connections.open() == 0);
  }

  @Test
  void ofTooManyConnectionsTheNewOnesAreClosed() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < MOST; i++) {
        sockets.add(new Socket("127.0.0.1", gateway.ports.otlpGrpc()));
      }
      Await.until("all are counted", () -> connections.open() == MOST);

      Call call = new Call(channel());
      call.sendAll();

      assertThat(call.status()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(connections.open()).isLessThanOrEqualTo(MOST);
      // They do not begin to speak, so their places are given to others.
      for (Socket socket : sockets) {
        socket.setSoTimeout(30_000);
        assertThat(readsEnd(socket)).isTrue();
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void aMessageThatDoesNotEndIsNotWaitedFor() throws Exception {
    Call silent = new Call(channel());
    Call unfinished = new Call(channels.getFirst());
    unfinished.call.sendMessage(ExportLogsServiceRequest.getDefaultInstance());

    assertThat(silent.status()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(unfinished.status()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  /**
   * By what the server says when a connection begins (RFC 9113, 6.5.2), and not by calls that wait
   * at the client: if all others end with one read, gRPC's client forgets to flush the one that
   * waited.
   */
  @Test
  void oneConnectionHasSoManyCallsAtOnceAndNoMore() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", gateway.ports.otlpGrpc())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
      socket.getOutputStream().write(new byte[] {0, 0, 0, SETTINGS, 0, 0, 0, 0, 0});
      DataInputStream in = new DataInputStream(socket.getInputStream());
      int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
      assertThat(in.readByte()).as("type of the first frame").isEqualTo(SETTINGS);
      in.skipNBytes(5);
      Map<Integer, Integer> settings = new HashMap<>();
      for (int i = 0; i < length; i += 6) {
        settings.put(in.readUnsignedShort(), in.readInt());
      }
      assertThat(settings).containsEntry(MAX_CONCURRENT_STREAMS, CALLS_AT_ONCE);
    }
  }

  private static boolean readsEnd(Socket socket) throws IOException {
    while (socket.getInputStream().read() >= 0) {
      // what the server says of itself
    }
    return true;
  }

  private ManagedChannel channel() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", gateway.ports.otlpGrpc())
            .usePlaintext()
            .build();
    channels.add(channel);
    return channel;
  }

  /** A call that has begun; what it sends is up to the test. */
  private static final class Call extends ClientCall.Listener<ExportLogsServiceResponse> {
    private final CompletableFuture<Status.Code> closed = new CompletableFuture<>();
    private final ClientCall<ExportLogsServiceRequest, ExportLogsServiceResponse> call;

    Call(ManagedChannel channel) {
      call = channel.newCall(LogsServiceGrpc.getExportMethod(), CallOptions.DEFAULT);
      Metadata headers = new Metadata();
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + agent);
      call.start(this, headers);
      call.request(1);
    }

    void sendAll() {
      call.sendMessage(ExportLogsServiceRequest.getDefaultInstance());
      call.halfClose();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      closed.complete(status.getCode());
    }

    Status.Code status() throws Exception {
      return closed.get(30, TimeUnit.SECONDS);
    }
  }
}
