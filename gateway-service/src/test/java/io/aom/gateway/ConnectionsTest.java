package io.aom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.gateway.intake.ConnectionBounds;
import io.aom.testkit.Await;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that cost us something and bring nothing. */
class ConnectionsTest {
  private static final int MOST = 20;

  private static TestGateway gateway;
  private static String agent;
  private static ConnectionBounds bounds;
  private final List<Socket> opened = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    gateway =
        TestGateway.start(
            "aom.gateway.connections.most=" + MOST,
            "aom.gateway.connections.idle=2s",
            "aom.gateway.connections.body=2s");
    agent = gateway.key("agent", "default");
    bounds = gateway.context.getBean(ConnectionBounds.class);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void forget() {
    gateway.backend.received.clear();
  }

  @AfterEach
  void othersAreServedAsBefore() throws Exception {
    // Over a connection of its own: one that a client has kept may just be closed as idle.
    assertServed(open(gateway.ports.http()));
    for (Socket socket : opened) {
      socket.close();
    }
  }

  @ParameterizedTest(name = "after {0}")
  @ValueSource(strings = {"", "POST /v1/lo", "POST /v1/logs HTTP/1.1\r\nHost: a\r\nX-One: 1\r\n"})
  void aHeadThatDoesNotEndIsNotWaitedFor(String begun) throws Exception {
    for (int port : new int[] {gateway.ports.http(), gateway.ports.otlpHttp()}) {
      Socket socket = open(port);
      send(socket, begun);

      assertThat(isClosedWhileHeadersTrickle(socket, !begun.isEmpty())).isTrue();
    }
  }

  /** Several times, since the answer may be made on another event loop than the connection's. */
  @RepeatedTest(4)
  void aBodyThatDoesNotEndIsNotWaitedFor() throws Exception {
    Socket socket = open(gateway.ports.http());
    send(
        socket,
        "POST /v1/logs HTTP/1.1\r\nHost: a\r\nX-API-Key: %s\r\nContent-Length: 1000\r\n\r\nabc"
            .formatted(agent));

    String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(answer).startsWith("HTTP/1.1 408");
  }

  @Test
  void ofTooManyConnectionsThoseLongestIdleAreClosed() throws Exception {
    for (int i = 0; i < 5 * MOST; i++) {
      open(i % 2 == 0 ? gateway.ports.http() : gateway.ports.otlpHttp());
    }
    Await.until("idle ones closed", () -> bounds.open() <= MOST);

    assertServed(open(gateway.ports.http()));
    assertThat(opened.getFirst().getInputStream().read()).isEqualTo(-1);
  }

  /** The second request waits for the first and is answered at once when its turn comes. */
  @Test
  void aConnectionIsReadOnAfterRequestsThatCameTogether() throws Exception {
    Socket socket = open(gateway.ports.http());
    send(socket, get("/docs/openapi/ingest", "") + get("/nothing.txt", ""));
    StringBuilder answers = new StringBuilder();
    InputStream in = new BufferedInputStream(socket.getInputStream()); // fast: it may not be idle
    while (!(answers.indexOf("HTTP/1.1 404") >= 0 && answers.charAt(answers.length() - 1) == '}')) {
      answers.append((char) readByte(in));
    }
    assertThat(answers).startsWith("HTTP/1.1 200");

    send(socket, get("/nothing.txt", "Connection: close\r\n"));

    assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .startsWith("HTTP/1.1 404");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unreadable")
  void aHeadThatIsNotReadIsToldWhy(String slug, int status, String head) throws Exception {
    for (int port : new int[] {gateway.ports.http(), gateway.ports.otlpHttp()}) {
      assertRefused(port, head, status, slug);
    }
  }

  static List<Arguments> unreadable() {
    return List.of(
        Arguments.of("target-too-long", 414, get("/" + "a".repeat(33_000), "")),
        Arguments.of("headers-too-large", 431, get("/a", "X-Long: " + "a".repeat(17_000) + "\r\n")),
        Arguments.of("bad-request", 400, "what is this\r\n\r\n"));
  }

  @Test
  void aTargetOf32KilobytesIsRead() throws Exception {
    for (int port : new int[] {gateway.ports.http(), gateway.ports.otlpHttp()}) {
      Socket socket = open(port);
      send(socket, get("/nothing.txt?q=" + "a".repeat(32_000), ""));

      assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8))
          .isEqualTo("HTTP/1.1 404");
    }
  }

  @Test
  void aTargetThatIsTooLongOnceEncodedIsToldSo() throws Exception {
    String head = get("/a?q=" + "{".repeat(12_000), "");

    assertRefused(gateway.ports.http(), head, 414, "target-too-long");
  }

  private void assertRefused(int port, String head, int status, String slug) throws IOException {
    long before = bounds.headsRefused();
    Socket socket = open(port);
    send(socket, head);

    String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(answer)
        .startsWith("HTTP/1.1 " + status)
        .contains("application/problem+json", "urn:aom:problem:" + slug, "expected: ");
    assertThat(bounds.headsRefused()).isEqualTo(before + 1);
  }

  /** Its answer would be taken for that of the request before. */
  @Test
  void aHeadThatIsNotReadBehindAnotherRequestEndsTheConnection() throws Exception {
    Socket socket = open(gateway.ports.http());
    send(socket, get("/docs/openapi/ingest", "") + get("/" + "a".repeat(33_000), ""));

    String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(answers).doesNotContain("HTTP/1.1 414");
  }

  private static String get(String path, String headers) {
    return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
  }

  private static void assertServed(Socket socket) throws IOException {
    send(
        socket,
        "POST /v1/logs HTTP/1.1\r\nHost: a\r\nX-API-Key: %s\r\nContent-Length: 1\r\n\r\na"
            .formatted(agent));
    assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8))
        .isEqualTo("HTTP/1.1 200");
  }

  private static int readByte(InputStream in) throws IOException {
    int read = in.read();
    assertThat(read).as("a byte of the answer").isNotNegative();
    return read;
  }

  private Socket open(int port) throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    opened.add(socket);
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  /** Sends a byte of a header whenever nothing has come for a moment, until the server is gone. */
  private static boolean isClosedWhileHeadersTrickle(Socket socket, boolean trickle)
      throws IOException {
    socket.setSoTimeout(200);
    for (int i = 0; i < 200; i++) {
      try {
        return socket.getInputStream().read() < 0;
      } catch (java.net.SocketTimeoutException e) {
        try {
          send(socket, trickle ? "a" : "");
        } catch (SocketException closed) {
          return true;
        }
      } catch (SocketException e) {
        return true;
      }
    }
    return false;
  }
}
