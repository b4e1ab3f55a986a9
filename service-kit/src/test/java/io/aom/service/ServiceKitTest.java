package io.aom.service;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.aom.identity.Identity;
import io.aom.identity.IdentitySecret;
import io.aom.identity.IdentityTokens;
import io.aom.identity.Role;
import io.aom.telemetry.TenantId;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The kit in a real service with a real Tomcat, over the wire. */
@SpringBootTest(
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "aom.identity.secret=" + ServiceKitTest.SECRET,
      "spring.application.name=probe",
      "aom.body.max-size=1000B"
    })
@ExtendWith(OutputCaptureExtension.class)
class ServiceKitTest {
  static final String SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

  private static final JsonMapper JSON = JsonMapper.shared();

  @LocalServerPort private int port;
  private final HttpClient http = HttpClient.newHttpClient();
  private final IdentityTokens tokens =
      new IdentityTokens(IdentitySecret.of(SECRET), InstantSource.system());

  @ParameterizedTest(name = "{0} {1} as {2}: {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET  | /probe/caller              | nobody         | 401
          GET  | /probe/caller              | forged         | 401
          GET  | /probe/caller              | viewer         | 200
          GET  | /probe/caller              | editor         | 200
          GET  | /probe/caller              | admin          | 200
          GET  | /probe/caller              | agent          | 403
          GET  | /probe/caller              | service        | 403
          GET  | /probe/caller              | service viewer | 200
          POST | /probe/write               | viewer         | 403
          POST | /probe/write               | agent          | 200
          POST | /probe/notes               | viewer         | 403
          GET  | /internal/probe            | nobody         | 401
          GET  | /internal/probe            | admin          | 403
          GET  | /internal/probe            | service        | 200
          GET  | /%69nternal/probe          | admin          | 403
          GET  | /internal;a=b/probe        | admin          | 403
          GET  | /no/such/path              | nobody         | 401
          GET  | /no/such/path              | viewer         | 404
          GET  | /error                     | nobody         | 401
          GET  | /actuator/health           | nobody         | 200
          GET  | /actuator/health/liveness  | nobody         | 200
          GET  | /actuator/health/readiness | nobody         | 200
          GET  | /actuator/prometheus       | nobody         | 200
          GET  | /actuator/env              | nobody         | 401
          GET  | /actuator/env              | admin          | 404
          GET  | /actuator/heapdump         | admin          | 404
          GET  | /actuator/health/../../probe/caller | nobody | 401
          GET  | /v3/api-docs               | nobody         | 200
          """)
  void identity(String method, String path, String caller, int status) throws Exception {
    HttpResponse<String> response =
        send(method, path, caller, BodyPublishers.noBody(), "text/plain");

    assertThat(response.statusCode()).isEqualTo(status);
    if (status >= 400) {
      assertThatIsProblem(response);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          good                   | 200 | {"title":"a","at":1700000000000,"tenants":[{"value":"t"}]} | 2023-11-14T22:13:20Z
          ISO time               | 200 | {"title":"a","at":"2023-11-14T23:13:20+01:00","tenants":[]} | 2023-11-14T22:13:20Z
          time as text of millis | 200 | {"title":"a","at":"1700000000000","tenants":[]}       | 2023-11-14T22:13:20Z
          no body                | 400 |                                                       | body: missing or not readable
          cut off                | 400 | {"title":"a"                                          | body: not JSON at line 1
          not JSON               | 400 | title=a                                               | body: not JSON at line 1
          unknown field          | 400 | {"title":"a","at":1,"tenants":[],"colour":"red"}      | body.colour: unknown field
          wrong type             | 400 | {"title":{},"at":1,"tenants":[]}                      | body.title: not of the expected type at line 1, column 10 (expected: a text)
          wrong type, deep       | 400 | {"title":"a","at":1,"tenants":[5]}                    | body.tenants[0]: not of the expected type at line 1, column 32 (expected: an object)
          no list                | 400 | {"title":"a","at":1,"tenants":"t"}                    | body.tenants: not of the expected type at line 1, column 31 (expected: a list)
          no object              | 400 | ["a"]                                                 | body: not of the expected type at line 1, column 1 (expected: an object)
          a time as a list       | 400 | {"title":"a","at":[],"tenants":[]}                    | (expected: a time: ISO-8601 or epoch milliseconds)
          refused by its record  | 400 | {"title":"","at":1,"tenants":[]}                      | title: empty (expected: some text)
          refused by a part      | 400 | {"title":"a","at":1,"tenants":[{"value":"../b"}]}             | tenant: ../b
          no time                | 400 | {"title":"a","at":"yesterday","tenants":[]}           | ISO-8601
          time before 1970       | 400 | {"title":"a","at":-5,"tenants":[]}                    | ISO-8601
          deep nesting           | 400 | {"title":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]}    | body.title
          """)
  void jsonBody(String situation, int status, String body, String expected) throws Exception {
    HttpResponse<String> response =
        send(
            "POST",
            "/probe/notes",
            "editor",
            body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body),
            "application/json");

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.body())
        .contains(expected)
        .doesNotContain("io.aom", "java.", "tools.jackson");
    if (status >= 400) {
      assertThatIsProblem(response);
    }
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET  | /probe/time?at=2023-11-14T22:13:20Z | 200 | 2023-11-14T22:13:20Z
          GET  | /probe/time?at=1700000000000        | 200 | 2023-11-14T22:13:20Z
          GET  | /probe/time?at=now                  | 400 | at: now (expected: ISO-8601
          GET  | /probe/time                         | 400 | at: missing (expected: a parameter
          GET  | /probe/count?n=x                    | 400 | n: x (expected: int)
          POST | /probe/count?n=1                    | 405 | method-not-allowed
          POST | /probe/notes                        | 415 | unsupported-media-type
          GET  | /nothing                            | 404 | not-found
          GET  | /probe/busy                         | 503 | store: away
          """)
  void parametersAndSpringsOwnRejections(String method, String path, int status, String expected)
      throws Exception {
    HttpResponse<String> response =
        send(method, path, "editor", BodyPublishers.ofString("x"), "text/plain");

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.body()).contains(expected);
    if (status >= 400) {
      assertThatIsProblem(response);
    }
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET  | /api/v1/things                      | 200 | own 9
          GET  | /api/v1/things?limit=5&from=1       | 200 | own 5
          GET  | /api/v1/things?&%6Cimit=5&          | 200 | own 5
          GET  | /api/v1/things?q=x                  | 400 | q: unknown parameter (expected: from, limit)
          GET  | /api/v1/things?limit=5&start=1      | 400 | start: unknown parameter
          GET  | /api/v1/things?Limit                | 400 | Limit: unknown parameter
          POST | /api/v1/things                      | 200 | added x=1
          POST | /api/v1/things?limit=1              | 400 | limit: unknown parameter (expected: none)
          GET  | /api/v1/things/all?q=x              | 200 | all 1
          GET  | /api/v1/shared?q=x                  | 200 | shared 9
          GET  | /prometheus/api/v1/shared?q=x       | 200 | shared 9
          GET  | /probe/count?n=1&q=x                | 200 | 1
          """)
  void anUnknownParameterOfAnOwnApiIsRefused(
      String method, String path, int status, String expected) throws Exception {
    HttpResponse<String> response =
        send(method, path, "viewer", BodyPublishers.ofString("x=1"), "text/plain");

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.body()).contains(expected);
    if (status >= 400) {
      assertThatIsProblem(response);
    }
  }

  @Test
  void retryAfterIsAHeaderToo() throws Exception {
    HttpResponse<String> response =
        send("GET", "/probe/busy", "viewer", BodyPublishers.noBody(), "text/plain");

    assertThat(response.headers().firstValue("Retry-After")).contains("3");
    assertThat(JSON.readTree(response.body()).path("store").asString()).isEqualTo("blocks");
  }

  @Test
  void aBugShowsAnIdAndTheLogHasTheRest(CapturedOutput output) throws Exception {
    HttpResponse<String> response =
        send("GET", "/probe/bug", "viewer", BodyPublishers.noBody(), "text/plain");

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("secret-internals");
    String id = JSON.readTree(response.body()).path("id").asString();
    assertThat(id).hasSize(16);
    assertThat(output.getAll()).contains("id " + id).contains("secret-internals");
  }

  @ParameterizedTest(name = "{0} bytes, length told {1}: {2}")
  @CsvSource({"1000, true, 200", "1001, true, 413", "1000, false, 200", "1001, false, 413"})
  void bodiesAreBounded(int size, boolean lengthTold, int status) throws Exception {
    byte[] body = new byte[size];
    BodyPublisher publisher =
        lengthTold
            ? BodyPublishers.ofByteArray(body)
            : BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));

    HttpResponse<String> response =
        send("POST", "/probe/write", "agent", publisher, "application/octet-stream");

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    if (status >= 400) {
      assertThatIsProblem(response);
    }
  }

  @ParameterizedTest(name = "form of {0} bytes, length told {1}: {2}")
  @CsvSource({"500, true, 200", "1500, true, 413", "500, false, 200", "2000000, false, 413"})
  void formsAreBounded(int size, boolean lengthTold, int status) throws Exception {
    byte[] body = ("text=" + "a".repeat(size)).getBytes();
    BodyPublisher publisher =
        lengthTold
            ? BodyPublishers.ofByteArray(body)
            : BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));

    HttpResponse<String> response =
        send("POST", "/probe/form", "viewer", publisher, "application/x-www-form-urlencoded");

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
  }

  @Test
  void openApiHidesCallerAndPeers() throws Exception {
    HttpResponse<String> response =
        send("GET", "/v3/api-docs", "nobody", BodyPublishers.noBody(), "text/plain");
    JsonNode api = JSON.readTree(response.body());

    assertThat(api.path("info").path("title").asString()).isEqualTo("probe");
    assertThat(api.path("servers").path(0).path("url").asString()).isEqualTo("/");
    assertThat(api.path("paths").propertyNames()).contains("/probe/caller");
    assertThat(api.path("paths").propertyNames()).doesNotContain("/internal/probe", "/error");
    assertThat(api.path("paths").path("/probe/caller").path("get").has("parameters")).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET /probe?a[=b HTTP/1.1   | 400 | request: not readable as HTTP
          GET /probe/caller HTTP/9.9 | 505 | request: HTTP Version not supported
          """)
  void whatTomcatItselfRefuses(String line, int status, String detail) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket
          .getOutputStream()
          .write((line + "\r\nHost: a\r\nConnection: close\r\n\r\n").getBytes(US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), US_ASCII);

      assertThat(answer)
          .startsWith("HTTP/1.1 " + status + " ")
          .contains("application/problem+json", "problem:bad-request", "\"detail\":\"" + detail);
    }
  }

  private HttpResponse<String> send(
      String method, String path, String caller, BodyPublisher body, String contentType)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("Content-Type", contentType)
            .method(method, body);
    switch (caller) {
      case "nobody" -> {}
      case "forged" -> request.header(IdentityTokens.HEADER, "e30.e30.AAAA");
      default -> request.header(IdentityTokens.HEADER, tokens.mint(identity(caller)));
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private static Identity identity(String roles) {
    Set<Role> held = Arrays.stream(roles.split(" ")).map(Role::parse).collect(Collectors.toSet());
    return new Identity("someone", new TenantId("default"), held);
  }

  private static void assertThatIsProblem(HttpResponse<String> response) {
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonNode problem = JSON.readTree(response.body());
    assertThat(problem.path("type").asString()).startsWith("urn:aom:problem:");
    assertThat(problem.path("status").asInt()).isEqualTo(response.statusCode());
    assertThat(problem.path("title").asString()).isNotBlank();
  }
}
