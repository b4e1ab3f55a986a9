package io.aom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.testkit.Await;
import io.aom.testkit.TestOpenSearch;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Keys in the real OpenSearch, also while it is away. */
class KeysIT {
  private static final Duration BOUND = Duration.ofSeconds(60);

  @Test
  void keysOutliveTheGatewayAndKnownOnesTheAbsenceOfOpenSearch() throws Exception {
    try (TestOpenSearch openSearch = TestOpenSearch.start()) {
      String urls = "aom.opensearch.urls=" + openSearch.url();
      String known;
      String unknown;
      try (TestGateway first = TestGateway.real(urls)) {
        first.tenant("acme");
        known = first.key("agent", "acme");
        unknown = first.key("viewer", "acme");
        assertThat(whoami(first, known)).isEqualTo(200);
      }
      try (TestGateway gateway = TestGateway.real(urls, "aom.gateway.key-refresh=300ms")) {
        assertThat(whoami(gateway, known)).isEqualTo(200);
        JsonNode list =
            TestGateway.json(
                gateway.send(gateway.request("GET", "/api/v1/keys", gateway.adminKey())));
        assertThat(list.path("keys")).hasSize(2);

        openSearch.kill();

        assertThat(whoami(gateway, known)).isEqualTo(200);
        assertThat(gateway.send(gateway.request("POST", "/v1/traces", known)).statusCode())
            .isEqualTo(200);
        assertThat(whoami(gateway, gateway.adminKey())).isEqualTo(200);
        HttpResponse<String> made =
            gateway.send(
                gateway
                    .request("POST", "/api/v1/keys", gateway.adminKey())
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"name\":\"a\",\"role\":\"viewer\"}")));
        assertThat(made.statusCode()).isEqualTo(503);
        try (TestGateway cold = TestGateway.real(urls)) {
          HttpResponse<String> response = cold.send(cold.request("GET", "/api/v1/whoami", unknown));
          assertThat(response.statusCode())
              .as("cannot say is not the same as no: " + response.body())
              .isEqualTo(503);
          assertThat(response.headers().firstValue("Retry-After")).isPresent();
          assertThat(whoami(cold, cold.adminKey())).isEqualTo(200);

          openSearch.restart();

          Await.until("keys can be read again", BOUND, () -> whoami(cold, unknown) == 200);
          assertThat(
                  cold.send(
                          cold.request(
                              "DELETE", "/api/v1/keys/" + unknown.split("_")[1], cold.adminKey()))
                      .statusCode())
              .isEqualTo(204);
        }
        Await.until("revoked elsewhere", BOUND, () -> whoami(gateway, unknown) == 401);
      }
    }
  }

  private static int whoami(TestGateway gateway, String key) {
    try {
      return gateway.send(gateway.request("GET", "/api/v1/whoami", key)).statusCode();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
