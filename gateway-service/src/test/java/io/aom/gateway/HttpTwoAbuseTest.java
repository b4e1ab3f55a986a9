package io.aom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.gateway.intake.OtlpGrpcServer;
import io.aom.testkit.Await;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.util.internal.PlatformDependent;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a client may do to the gRPC port with frames that no library sends. */
class HttpTwoAbuseTest {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GO_AWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;

  /** Of a type that no extension has; what does not know it passes over it. */
  private static final int UNKNOWN = 0xf0;

  private static final int END_HEADERS = 4;
  private static final int ENHANCE_YOUR_CALM = 11;

  /**
   * What a client that goes on writing may be left with: the end of the connection overtakes it.
   */
  private static final int UNSAID = -1;

  private static final int CANCEL = 8;

  /** Far more than any client needs, and far less than would hurt. */
  private static final int MANY = 2_000;

  private static final int PARTS = 1_000;

  /** What Netty allocates at once, twice. */
  private static final int ALLOCATED_AHEAD = 8 << 20;

  private static TestGateway gateway;
  private static ManagedChannel channel;
  private static String agent;

  @BeforeAll
  static void start() throws Exception {
    gateway = TestGateway.start();
    gateway.backend.behaviour =
        (exchange, body) -> Backend.reply(exchange, 200, "application/x-protobuf", new byte[0]);
    agent = gateway.key("agent", "default");
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", gateway.ports.otlpGrpc())
            .usePlaintext()
            .build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    gateway.close();
  }

  @AfterEach
  void othersAreServedAsBefore() {
    io.grpc.Metadata headers = new io.grpc.Metadata();
    headers.put(
        io.grpc.Metadata.Key.of("authorization", io.grpc.Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + agent);
    TraceServiceGrpc.newBlockingStub(channel)
        .withInterceptors(io.grpc.stub.MetadataUtils.newAttachHeadersInterceptor(headers))
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .export(ExportTraceServiceRequest.getDefaultInstance());
  }

  @Test
  void aClientThatOpensAndResetsStreamsIsCutOff() throws Exception {
    try (Connection connection = new Connection()) {
      connection.sendUntilRefused(
          stream -> {
            frame(stream.out(), HEADERS, END_HEADERS, stream.id(), requestHeaders());
            frame(stream.out(), RST_STREAM, 0, stream.id(), number(CANCEL));
          });

      assertThat(connection.goneAwayWith()).isIn(ENHANCE_YOUR_CALM, UNSAID);
    }
  }

  @Test
  void aClientThatMakesTheServerResetStreamsIsCutOff() throws Exception {
    try (Connection connection = new Connection()) {
      connection.sendUntilRefused(
          stream -> {
            frame(stream.out(), HEADERS, END_HEADERS, stream.id(), requestHeaders());
            frame(stream.out(), WINDOW_UPDATE, 0, stream.id(), number(Integer.MAX_VALUE));
          });

      assertThat(connection.goneAwayWith()).isIn(ENHANCE_YOUR_CALM, UNSAID);
    }
  }

  @Test
  void headersWithoutEndAreCutOff() throws Exception {
    try (Connection connection = new Connection()) {
      frame(connection.out, HEADERS, 0, 1, requestHeaders());
      byte[] more = literal("x-long", "a".repeat(8_000));
      connection.sendUntilRefused(stream -> frame(stream.out(), CONTINUATION, 0, 1, more));

      assertThat(connection.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aFloodOfPingsIsCutOff() throws Exception {
    try (Connection connection = new Connection()) {
      connection.sendUntilRefused(stream -> frame(stream.out(), PING, 0, 0, new byte[8]));

      assertThat(connection.goneAwayWith()).isIn(ENHANCE_YOUR_CALM, UNSAID);
    }
  }

  @Test
  void whatLiesAroundAPartOfAMessageIsNotKeptWithIt() throws Exception {
    OtlpGrpcServer server = gateway.context.getBean(OtlpGrpcServer.class);
    try (Connection connection = new Connection()) {
      frame(connection.out, HEADERS, END_HEADERS, 1, requestHeaders());
      frame(connection.out, DATA, 0, 1, ByteBuffer.allocate(6).put(2, (byte) 1).array());
      connection.flush();
      Await.until("the call has begun", () -> server.messageBytes() > 0);
      long heldBefore = PlatformDependent.usedDirectMemory();

      for (int i = 0; i < PARTS; i++) {
        frame(connection.out, DATA, 0, 1, new byte[1]);
        for (int j = 0; j < 8; j++) {
          frame(connection.out, UNKNOWN, 0, 0, new byte[16_000]);
        }
        connection.flush();
      }
      frame(connection.out, PING, 0, 0, new byte[8]);
      connection.flush();
      connection.awaitPong();

      assertThat(PlatformDependent.usedDirectMemory() - heldBefore)
          .isLessThan(server.messageBytes() + ALLOCATED_AHEAD);
    }
  }

  private record Stream(OutputStream out, int id) {}

  private interface Abuse {
    void on(Stream stream) throws IOException;
  }

  private static final class Connection implements AutoCloseable {
    private final Socket socket;
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private final OutputStream out = pending;

    Connection() throws IOException {
      socket = new Socket("127.0.0.1", gateway.ports.otlpGrpc());
      socket.setSoTimeout(20_000);
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      frame(out, SETTINGS, 0, 0, new byte[0]);
      flush();
    }

    private void flush() throws IOException {
      pending.writeTo(socket.getOutputStream());
      pending.reset();
    }

    /** Repeats it on stream after stream, at most so often that a server without bounds is seen. */
    void sendUntilRefused(Abuse abuse) throws IOException {
      try {
        for (int i = 0; i < MANY; i++) {
          abuse.on(new Stream(out, 2 * i + 3));
          flush();
        }
      } catch (SocketException e) {
        // The server has closed the connection; what it said before is still to be read.
        pending.reset();
      }
    }

    /**
     * The error code of the server's GOAWAY; {@link #UNSAID} if the connection ends without one.
     */
    int goneAwayWith() throws IOException {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      try {
        while (true) {
          int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
          int type = in.readUnsignedByte();
          in.skipNBytes(5);
          byte[] payload = in.readNBytes(length);
          if (type == GO_AWAY) {
            return ByteBuffer.wrap(payload).getInt(4);
          }
        }
      } catch (EOFException | SocketException e) {
        return UNSAID;
      }
    }

    /** Waits until the server has read all that was sent before a ping. */
    void awaitPong() throws IOException {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      int type;
      do {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        type = in.readUnsignedByte();
        in.skipNBytes(5L + length);
      } while (type != PING);
    }

    boolean isClosedByServer() throws IOException {
      goneAwayWith();
      try {
        while (socket.getInputStream().read() >= 0) {
          // what it said before
        }
        return true;
      } catch (SocketException e) {
        return true;
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static void frame(OutputStream out, int type, int flags, int stream, byte[] payload)
      throws IOException {
    ByteBuffer head = ByteBuffer.allocate(9);
    head.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    head.put((byte) type).put((byte) flags).putInt(stream);
    out.write(head.array());
    out.write(payload);
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  private static byte[] requestHeaders() throws IOException {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(literal(":method", "POST"));
    block.write(literal(":scheme", "http"));
    block.write(literal(":path", "/opentelemetry.proto.collector.trace.v1.TraceService/Export"));
    block.write(literal(":authority", "a"));
    block.write(literal("content-type", "application/grpc"));
    block.write(literal("te", "trailers"));
    block.write(literal("authorization", "Bearer " + agent));
    return block.toByteArray();
  }

  /** A header as HPACK has it without table and Huffman code. */
  private static byte[] literal(String name, String value) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0);
    for (String text : new String[] {name, value}) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      if (bytes.length < 127) {
        out.write(bytes.length);
      } else {
        out.write(127);
        int rest = bytes.length - 127;
        for (; rest >= 128; rest >>= 7) {
          out.write(rest & 127 | 128);
        }
        out.write(rest);
      }
      out.write(bytes);
    }
    return out.toByteArray();
  }
}
