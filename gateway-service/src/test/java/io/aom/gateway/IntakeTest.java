package io.aom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.gateway.Backend.Received;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Telemetry over HTTP, on both ports. */
class IntakeTest {
  private static final int MAX = 100_000;

  private static TestGateway gateway;
  private static String agent;

  @BeforeAll
  static void start() throws Exception {
    gateway =
        TestGateway.start(
            "aom.gateway.max-intake-body=" + MAX + "B", "aom.gateway.max-api-body=2000B");
    agent = gateway.key("agent", "default");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void forget() {
    gateway.backend.received.clear();
    gateway.backend.behaviour = (exchange, body) -> Backend.reply(exchange, 200, "text/plain", "");
  }

  @ParameterizedTest(name = "{0} bytes, length told {1}, port {2}: {3}")
  @CsvSource({
    "0,      true,  8080, 200",
    "1,      true,  8080, 200",
    "100000, true,  8080, 200",
    "100001, true,  8080, 413",
    "100000, false, 8080, 200",
    "100001, false, 8080, 413",
    "300000, false, 8080, 413",
    "100000, true,  4318, 200",
    "100001, true,  4318, 413",
    "100001, false, 4318, 413"
  })
  void bodiesAreBoundedOnTheWire(int size, boolean lengthTold, int port, int status)
      throws Exception {
    byte[] body = random(size);
    HttpResponse<String> response =
        post(
            port == 8080 ? gateway.ports.http() : gateway.ports.otlpHttp(),
            "/v1/logs",
            body,
            lengthTold);

    assertThat(response.statusCode()).isEqualTo(status);
    if (status == 200) {
      assertThat(gateway.backend.received.take().body()).isEqualTo(body);
    } else {
      assertThat(response.headers().firstValue("Content-Type")).contains("application/x-protobuf");
      assertThat(gateway.backend.received).as("what ingest saw as a whole request").isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 400, 429, 503})
  void ingestsAnswerComesThrough(int status) throws Exception {
    gateway.backend.behaviour =
        (exchange, body) -> {
          exchange.getResponseHeaders().set("Retry-After", "7");
          exchange.getResponseHeaders().set("X-Prometheus-Remote-Write-Samples-Written", "5");
          exchange.getResponseHeaders().set("X-Secret", "of ingest");
          Backend.reply(exchange, status, "application/x-protobuf", "reason");
        };

    HttpResponse<String> response = post(gateway.ports.http(), "/api/v1/write", new byte[10], true);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).isEqualTo("reason");
    assertThat(response.headers().firstValue("Retry-After")).contains("7");
    assertThat(response.headers().firstValue("X-Prometheus-Remote-Write-Samples-Written"))
        .contains("5");
    assertThat(response.headers().firstValue("Content-Type")).contains("application/x-protobuf");
    assertThat(response.headers().firstValue("X-Secret")).isEmpty();
  }

  @ParameterizedTest(name = "{0} goes to {1}")
  @CsvSource({
    "/v1/traces, /v1/traces",
    "/otlp/v1/metrics, /v1/metrics",
    "/otlp/v1/logs, /v1/logs",
    "/api/v1/otlp/v1/metrics, /v1/metrics",
    "/prometheus/api/v1/otlp/v1/metrics, /v1/metrics",
    "/api/v1/push, /api/v1/write",
    "/prometheus/api/v1/write, /api/v1/write",
    "/v1/logs?a=b, /v1/logs"
  })
  void aliases(String path, String upstream) throws Exception {
    HttpRequest.Builder request =
        gateway
            .request("POST", path, agent)
            .header("Content-Type", "application/x-protobuf;proto=io.prometheus.write.v2.Request")
            .header("Content-Encoding", "snappy")
            .header("X-Prometheus-Remote-Write-Version", "2.0.0")
            .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            .header("X-Other", "thing");

    gateway.send(request);

    Received received = gateway.backend.received.take();
    assertThat(received.uri().toString()).isEqualTo(upstream);
    assertThat(received.header("content-type")).endsWith("proto=io.prometheus.write.v2.Request");
    assertThat(received.header("content-encoding")).isEqualTo("snappy");
    assertThat(received.header("x-prometheus-remote-write-version")).isEqualTo("2.0.0");
    assertThat(received.headers()).doesNotContainKeys("x-other", "authorization", "traceparent");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "/v1/traces/v1/traces, /v1/traces",
    "/otlp/v1/logs/v1/logs, /otlp/v1/logs",
    "/v1/traces/v1/metrics, /v1/traces",
    "/api/v1/otlp/v1/metrics/v1/metrics, /api/v1/otlp/v1/metrics",
    "/prometheus/api/v1/otlp/v1/metrics/v1/metrics, /prometheus/api/v1/otlp/v1/metrics"
  })
  void aPathThatAnExporterDoubledIsExplained(String path, String meant) throws Exception {
    for (int port : new int[] {gateway.ports.http(), gateway.ports.otlpHttp()}) {
      HttpResponse<byte[]> response =
          gateway.http.send(
              gateway.request(port, "POST", path, agent).build(),
              HttpResponse.BodyHandlers.ofByteArray());

      assertThat(response.statusCode()).isEqualTo(404);
      assertThat(response.headers().firstValue("Content-Type")).contains("application/x-protobuf");
      assertThat(com.google.rpc.Status.parseFrom(response.body()).getMessage())
          .contains("path: " + path + " (expected: " + meant + ";", "leave it out of the endpoint");
      assertThat(gateway.backend.received).isEmpty();
    }
  }

  @Test
  void errorsOfOtlpSpeakTheRequestsLanguage() throws Exception {
    HttpResponse<String> json =
        gateway.send(
            gateway
                .request("POST", "/v1/traces", null)
                .header("Content-Type", "application/json; charset=utf-8"));

    assertThat(json.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(TestGateway.json(json).path("code").asInt()).isEqualTo(16);
    assertThat(TestGateway.json(json).path("message").stringValue()).contains("key: none");

    HttpResponse<byte[]> protobuf =
        gateway.http.send(
            gateway.request("POST", "/v1/traces", null).build(),
            HttpResponse.BodyHandlers.ofByteArray());
    com.google.rpc.Status status = com.google.rpc.Status.parseFrom(protobuf.body());
    assertThat(status.getCode()).isEqualTo(16);
    assertThat(status.getMessage()).contains("key: none");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/api/v1/keys",
        "/actuator/health",
        "/docs/",
        "/api/v1/write",
        "/v1/traces/v1/traces"
      })
  void otlpPortHasTelemetryOnly(String path) throws Exception {
    HttpResponse<String> response =
        gateway.send(gateway.request(gateway.ports.otlpHttp(), "GET", path, gateway.adminKey()));

    assertThat(response.statusCode()).isEqualTo(path.equals("/api/v1/write") ? 405 : 404);
    assertThat(gateway.backend.received).isEmpty();
  }

  @Test
  void aRefusedRequestDoesNotSpoilTheConnection() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", gateway.ports.http())) {
      socket.setSoTimeout(10_000);
      for (int i = 0; i < 3; i++) {
        write(socket, "POST /v1/logs HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde");
        assertThat(readHead(socket)).startsWith("HTTP/1.1 401");
      }
      write(
          socket,
          "POST /v1/logs HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX-API-Key: %s\r\n\r\nabcde"
              .formatted(agent));
      assertThat(readHead(socket)).startsWith("HTTP/1.1 200");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          two lengths            | Content-Length: 5;Content-Length: 6
          length and chunked     | Content-Length: 5;Transfer-Encoding: chunked
          negative length        | Content-Length: -5
          length that is a word  | Content-Length: five
          unknown coding         | Transfer-Encoding: chunked, foo
          """)
  void smugglersAreNotPassedOn(String situation, String headers) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", gateway.ports.http())) {
      socket.setSoTimeout(10_000);
      write(
          socket,
          "POST /v1/logs HTTP/1.1\r\nHost: a\r\nX-API-Key: %s\r\n%s\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n"
              .formatted(agent, headers.replace(";", "\r\n")));
      String head = readHead(socket);

      assertThat(head)
          .satisfiesAnyOf(
              h -> assertThat(h).startsWith("HTTP/1.1 4"), h -> assertThat(h).isEmpty());
      assertThat(gateway.backend.received).isEmpty();
    }
  }

  @ParameterizedTest(name = "{0} bytes of headers: {1}")
  @CsvSource({"10000, 200", "20000, 431"})
  void headersAreBounded(int size, int status) throws Exception {
    HttpResponse<String> response =
        gateway.send(gateway.request("POST", "/v1/logs", agent).header("X-Long", "a".repeat(size)));

    assertThat(response.statusCode()).isEqualTo(status);
  }

  @Test
  void aClientThatLeavesInTheMiddleLeavesNoRequestBehind() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", gateway.ports.http())) {
      write(
          socket,
          "POST /v1/logs HTTP/1.1\r\nHost: a\r\nX-API-Key: %s\r\nContent-Length: 1000\r\n\r\nabc"
              .formatted(agent));
    }
    HttpResponse<String> next = post(gateway.ports.http(), "/v1/logs", new byte[3], true);

    assertThat(next.statusCode()).isEqualTo(200);
    assertThat(gateway.backend.received.take().body()).hasSize(3);
    assertThat(gateway.backend.received).isEmpty();
  }

  @ParameterizedTest(name = "{0} bytes to an API, length told {1}: {2}")
  @CsvSource({"2000, true, 200", "2001, true, 413", "2000, false, 200", "2001, false, 413"})
  void otherBodiesAreBoundedToo(int size, boolean lengthTold, int status) throws Exception {
    byte[] body = random(size);
    HttpResponse<String> response =
        gateway.send(
            gateway
                .request("POST", "/api/v1/logs/search", gateway.adminKey())
                .POST(publisher(body, lengthTold)));

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    if (status == 413) {
      assertThat(response.headers().firstValue("Content-Type"))
          .contains("application/problem+json");
      assertThat(gateway.backend.received).isEmpty();
    }
  }

  /**
   * Some more than the bound is read, so that who sends it gets to read why; then it is cut off.
   */
  @Test
  void aBodyFarBeyondTheBoundIsNotReadToItsEnd() throws Exception {
    int status;
    try {
      status = post(gateway.ports.http(), "/v1/logs", random(9_000_000), true).statusCode();
    } catch (IOException e) {
      status = 413; // The answer was there, and the client was still writing.
    }
    assertThat(status).isEqualTo(413);
    assertThat(gateway.backend.received).isEmpty();
    assertThat(post(gateway.ports.http(), "/v1/logs", random(10), true).statusCode())
        .isEqualTo(200);
  }

  private static HttpResponse<String> post(int port, String path, byte[] body, boolean lengthTold)
      throws Exception {
    return gateway.send(
        gateway.request(port, "POST", path, agent).POST(publisher(body, lengthTold)));
  }

  private static BodyPublisher publisher(byte[] body, boolean lengthTold) {
    return lengthTold
        ? BodyPublishers.ofByteArray(body)
        : BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
  }

  private static byte[] random(int size) {
    byte[] body = new byte[size];
    new Random(7).nextBytes(body);
    return body;
  }

  private static void write(Socket socket, String text) throws Exception {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** The head of an answer, whose body is read too; empty if the connection was closed. */
  private static String readHead(Socket socket) throws Exception {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    int b;
    while (head.indexOf("\r\n\r\n") < 0 && (b = in.read()) >= 0) {
      head.append((char) b);
    }
    int length =
        Arrays.stream(head.toString().toLowerCase().split("\r\n"))
            .filter(line -> line.startsWith("content-length:"))
            .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
            .findFirst()
            .orElse(0);
    in.readNBytes(length);
    return head.toString();
  }
}
