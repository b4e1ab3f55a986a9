package io.aom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.gateway.access.ApiRoute;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The console and the documentation, which need no key. */
class PagesTest {
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @ParameterizedTest(name = "{0}: {1} {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /                       | 200 | text/html        | no-cache
          /index.html             | 200 | text/html        | no-cache
          /metrics                | 200 | text/html        | no-cache
          /traces/4bf92f3577b34da | 200 | text/html        | no-cache
          /assets/a-1.js          | 200 | text/javascript  | max-age=31536000, public, immutable
          /assets/b-2.js          | 404 | application/problem+json | no-store
          /assets/                | 404 | application/problem+json | no-store
          /favicon-none.ico       | 404 | application/problem+json | no-store
          /application.properties | 404 | application/problem+json | no-store
          /docs/                  | 200 | text/html        | no-cache
          /docs/init.js           | 200 | text/javascript  | no-cache
          /docs/ui/swagger-ui.css | 200 | text/css         | max-age=86400, public
          /docs/ui/pom.xml        | 404 | application/problem+json | no-store
          /docs/openapi/gateway   | 200 | application/json | no-cache
          """)
  void pages(String path, int status, String contentType, String cache) throws Exception {
    HttpResponse<String> response = gateway.send(gateway.request("GET", path, null));

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith(contentType);
    assertThat(response.headers().firstValue("Cache-Control")).contains(cache);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/docs/", "/api/v1/whoami", "/actuator/health", "/nothing.txt"})
  void browsersAreToldToRunNothingForeign(String path) throws Exception {
    HttpResponse<String> response = gateway.send(gateway.request("GET", path, null));
    String policy = response.headers().firstValue("Content-Security-Policy").orElseThrow();

    assertThat(policy)
        .contains("default-src 'none'", "script-src 'self';", "frame-ancestors 'none'");
    assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
  }

  @Test
  void everythingThatTheDocumentationPageNeedsIsThere() throws Exception {
    String page = gateway.send(gateway.request("GET", "/docs/", null)).body();
    assertThat(page).doesNotContain("<script>").doesNotContain("onload=");
    Matcher links = Pattern.compile("(?:href|src)=\"([^\"]+)\"").matcher(page);
    while (links.find()) {
      assertThat(gateway.send(gateway.request("GET", "/docs/" + links.group(1), null)).statusCode())
          .as(links.group(1))
          .isEqualTo(200);
    }
    assertThat(gateway.send(gateway.request("GET", "/docs", null)).headers().firstValue("Location"))
        .isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ingest", "metrics", "log", "topology", "alarm"})
  void descriptionsOfTheServicesComeThroughWithoutAKey(String service) throws Exception {
    gateway.backend.received.clear();
    HttpResponse<String> response =
        gateway.send(
            gateway
                .request("GET", "/docs/openapi/" + service, null)
                .header("X-AOM-Identity", "forged")
                .header("Authorization", "Bearer x"));

    assertThat(response.statusCode()).isEqualTo(200);
    Backend.Received received = gateway.backend.received.take();
    assertThat(received.uri().getPath()).isEqualTo("/v3/api-docs");
    assertThat(received.headers()).doesNotContainKeys("x-aom-identity", "authorization");
  }

  @Test
  void theGatewaysOwnRoutesAreAllDescribed() throws Exception {
    JsonNode api =
        TestGateway.json(gateway.send(gateway.request("GET", "/docs/openapi/gateway", null)));
    List<String> described =
        api.path("paths").properties().stream()
            .flatMap(
                path ->
                    path.getValue().properties().stream()
                        .map(Map.Entry::getKey)
                        .map(method -> method.toUpperCase() + " " + path.getKey()))
            .toList();
    List<String> own =
        ApiRoute.ALL.stream()
            .filter(route -> route.service() == null)
            .flatMap(
                route ->
                    route.methods().stream()
                        .filter(method -> !method.name().equals("HEAD"))
                        .map(method -> method + " " + route.path()))
            .toList();

    assertThat(described).containsExactlyInAnyOrderElementsOf(own);
  }
}
