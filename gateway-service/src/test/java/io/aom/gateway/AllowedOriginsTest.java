package io.aom.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.gateway.access.OriginFilter;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages in a browser that the operator lets use the API; without them {@link RoutesTest} holds. */
class AllowedOriginsTest {
  private static final String ALLOWED = "https://dashboards.example:8443";
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start("aom.gateway.allowed-origins=https://other.example," + ALLOWED);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /prometheus/api/v1/query  | GET,HEAD,POST
          /api/v1/labels            | GET,HEAD,POST
          /api/v1/logs/query        | GET,HEAD,POST
          /api/v1/keys/1            | DELETE
          """)
  void aBrowserIsToldWhatAPageMaySend(String path, String methods) throws Exception {
    HttpResponse<String> preflight = from(ALLOWED, "OPTIONS", path, null);

    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().map())
        .containsEntry("access-control-allow-origin", List.of(ALLOWED))
        .containsEntry("vary", List.of("Origin"))
        .doesNotContainKey("access-control-allow-credentials");
    assertThat(
            preflight.headers().firstValue("Access-Control-Allow-Methods").orElseThrow().split(","))
        .containsExactlyInAnyOrder(methods.split(","));
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers").orElseThrow())
        .contains("Authorization", "Content-Type", "If-Match");
  }

  @Test
  void aPageNeedsAKeyAndMayReadAnswersAndErrors() throws Exception {
    HttpResponse<String> answer =
        from(ALLOWED, "GET", "/prometheus/api/v1/query", gateway.adminKey());
    HttpResponse<String> error = from(ALLOWED, "GET", "/prometheus/api/v1/query", null);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(error.statusCode()).isEqualTo(401);
    for (Map<String, List<String>> headers :
        List.of(answer.headers().map(), error.headers().map())) {
      assertThat(headers).containsEntry("access-control-allow-origin", List.of(ALLOWED));
      assertThat(headers.get("access-control-expose-headers").getFirst())
          .contains("X-AOM-Partial", "ETag", "Location");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://dashboards.example:8443, /prometheus/api/v1/query",
    "https://dashboards.example, /prometheus/api/v1/query",
    "null, /prometheus/api/v1/query",
    ALLOWED + ", /v1/traces",
    ALLOWED + ", /prometheus/api/v1/none",
  })
  void anyOtherPageAndPathIsAsWithoutTheSetting(String origin, String path) throws Exception {
    HttpResponse<String> preflight = from(origin, "OPTIONS", path, null);
    HttpResponse<String> request = from(origin, "GET", path, gateway.adminKey());

    assertThat(preflight.statusCode()).isIn(404, 405);
    for (HttpResponse<String> response : List.of(preflight, request)) {
      assertThat(response.headers().map().keySet())
          .noneMatch(name -> name.startsWith("access-control"));
    }
  }

  /** Or a cache between would show a page what it keeps for somebody else, without the headers. */
  @Test
  void everyAnswerSaysThatItDependsOnTheOrigin() throws Exception {
    String path = "/prometheus/api/v1/query";
    List<HttpResponse<String>> answers =
        List.of(
            from(ALLOWED, "GET", path, gateway.adminKey()),
            from("https://unlisted.example", "GET", path, gateway.adminKey()),
            gateway.send(gateway.request("GET", path, gateway.adminKey())),
            gateway.send(gateway.request("GET", path, null)));

    assertThat(answers)
        .allSatisfy(
            answer -> assertThat(answer.headers().allValues("vary")).containsExactly("Origin"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.org",
        "http://example.org:443",
        "https://example.org:80",
        "http://localhost:3000",
        "http://127.0.0.1:4430",
        "http://[::1]:8080",
        "https://xn--bcher-kva.example",
      })
  void whatBrowsersSendIsTaken(String origin) {
    assertThatCode(() -> new OriginFilter(List.of(origin))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "https://*",
        "example.org",
        "https://example.org/",
        "null",
        "",
        "https://Example.org",
        "HTTPS://example.org",
        "https://example.org:443",
        "http://example.org:80",
        "https://example.org:08443",
        "https://a?b",
        "https://a#b",
        "https://user@example.org",
        "https://b\u00FCcher.example",
      })
  void whatIsNoOriginEndsTheStart(String origin) {
    assertThatThrownBy(() -> new OriginFilter(List.of(origin)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("aom.gateway.allowed-origins");
  }

  private static HttpResponse<String> from(String origin, String method, String path, String key)
      throws Exception {
    return gateway.send(
        gateway
            .request(method, path, key)
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "GET"));
  }
}
