package io.aom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.gateway.key.KeyStores;
import io.aom.testkit.Await;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** The life of keys and tenants, by the API. */
class KeysTest {
  private static final KeyStores STORES = TestGateway.inMemory();

  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        TestGateway.start(
            STORES, "aom.gateway.key-refresh=200ms", "aom.gateway.failures-per-minute=1000");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void aKeyWorksUntilItIsRevoked() throws Exception {
    String key = gateway.key("viewer", "default");
    assertThat(whoami(key)).isEqualTo(200);

    HttpResponse<String> revoked =
        gateway.send(gateway.request("DELETE", "/api/v1/keys/" + id(key), gateway.adminKey()));

    assertThat(revoked.statusCode()).isEqualTo(204);
    assertThat(whoami(key)).isEqualTo(401);
    assertThat(
            gateway
                .send(gateway.request("DELETE", "/api/v1/keys/" + id(key), gateway.adminKey()))
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void anyKeyLearnsWhereAgentsSend() throws Exception {
    HttpResponse<String> answer =
        gateway.send(gateway.request("GET", "/api/v1/endpoints", gateway.key("viewer", "default")));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).matches("\\{\"otlpHttpPort\":\\d+,\"otlpGrpcPort\":\\d+\\}");
  }

  @Test
  void aRevocationAtAnotherGatewayHoldsHereSoon() throws Exception {
    try (TestGateway other = TestGateway.start(STORES, "aom.gateway.key-refresh=200ms")) {
      String key = other.key("viewer", "default");
      assertThat(whoami(key)).as("made there, known here at once").isEqualTo(200);

      other.send(other.request("DELETE", "/api/v1/keys/" + id(key), other.adminKey()));

      Await.until("refused", () -> whoami(key) == 401);
    }
  }

  @Test
  void theKeyIsShownOnceAndNeverKept() throws Exception {
    String key = gateway.key("agent", "default");

    HttpResponse<String> list =
        gateway.send(gateway.request("GET", "/api/v1/keys", gateway.adminKey()));
    String secret = key.substring(key.lastIndexOf('_') + 1);

    assertThat(list.body()).contains(id(key)).doesNotContain(secret).doesNotContain("hash");
    assertThat(STORES.keys().find(id(key)).orElseThrow().value().hash()).doesNotContain(secret);
    assertThat(STORES.keys().find(id(key)).toString()).doesNotContain("hash=");
  }

  @Test
  void lastUseIsListed() throws Exception {
    String key = gateway.key("viewer", "default");
    assertThat(listed(id(key)).path("lastUsedAt").isString()).isFalse();
    Instant before = Instant.now().minusSeconds(1);
    whoami(key);

    Instant lastUsed = Instant.parse(listed(id(key)).path("lastUsedAt").stringValue());

    assertThat(lastUsed).isAfter(before);
  }

  @Test
  void aKeyEndsWhenItExpires() throws Exception {
    Instant end = Instant.now().plusSeconds(5);
    HttpResponse<String> made =
        post(
            "/api/v1/keys",
            "{\"name\":\"brief\",\"role\":\"viewer\",\"expiresAt\":\"%s\"}".formatted(end));
    String key = TestGateway.json(made).path("key").stringValue();

    assertThat(whoami(key)).isEqualTo(200);
    Await.until("refused", () -> whoami(key) == 401);
    assertThat(Instant.now()).isAfterOrEqualTo(end);
  }

  @Test
  void aTenantsKeysEndWithIt() throws Exception {
    gateway.tenant("brief");
    String key = gateway.key("viewer", "brief");
    assertThat(whoami(key)).isEqualTo(200);

    assertThat(
            gateway
                .send(gateway.request("DELETE", "/api/v1/tenants/brief", gateway.adminKey()))
                .statusCode())
        .isEqualTo(204);

    assertThat(whoami(key)).isEqualTo(401);
    gateway.tenant("brief");
    assertThat(whoami(key)).as("a new tenant of the same name").isEqualTo(401);
  }

  @Test
  void anAdminOfOneTenantSeesAndChangesThatAlone() throws Exception {
    gateway.tenant("red");
    gateway.tenant("blue");
    String redAdmin = gateway.key("admin", "red");
    String blueKey = gateway.key("viewer", "blue");

    String keys = gateway.send(gateway.request("GET", "/api/v1/keys", redAdmin)).body();
    String tenants = gateway.send(gateway.request("GET", "/api/v1/tenants", redAdmin)).body();

    assertThat(keys).contains(id(redAdmin)).doesNotContain(id(blueKey));
    assertThat(tenants).contains("red").doesNotContain("blue", "default");
    assertThat(
            gateway
                .send(gateway.request("DELETE", "/api/v1/keys/" + id(blueKey), redAdmin))
                .statusCode())
        .isEqualTo(404);
    assertThat(whoami(blueKey)).isEqualTo(200);
    for (String tenant : new String[] {"blue", "default"}) {
      assertThat(
              gateway
                  .send(
                      gateway
                          .request("POST", "/api/v1/keys", redAdmin)
                          .header("Content-Type", "application/json")
                          .POST(
                              BodyPublishers.ofString(
                                  "{\"name\":\"x\",\"role\":\"admin\",\"tenant\":\"%s\"}"
                                      .formatted(tenant))))
                  .statusCode())
          .isEqualTo(403);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          no name         | /api/v1/keys    | {"role":"viewer"}                                      | 400 | name: missing
          blank name      | /api/v1/keys    | {"name":" ","role":"viewer"}                           | 400 | name:
          no role         | /api/v1/keys    | {"name":"a"}                                           | 400 | role: missing
          unknown role    | /api/v1/keys    | {"name":"a","role":"root"}                             | 400 | role: root
          a service's     | /api/v1/keys    | {"name":"a","role":"service"}                          | 400 | role: service
          no such tenant  | /api/v1/keys    | {"name":"a","role":"viewer","tenant":"nobody"}         | 422 | tenant: nobody
          odd tenant      | /api/v1/keys    | {"name":"a","role":"viewer","tenant":"../x"}           | 400 | tenant: ../x
          past expiry     | /api/v1/keys    | {"name":"a","role":"viewer","expiresAt":1000}          | 400 | expiresAt
          odd expiry      | /api/v1/keys    | {"name":"a","role":"viewer","expiresAt":"soon"}        | 400 | expiresAt: soon
          unknown field   | /api/v1/keys    | {"name":"a","role":"viewer","colour":"red"}            | 400 | body.colour: unknown
          not JSON        | /api/v1/keys    | name=a                                                 | 400 | body: not JSON
          tenant again    | /api/v1/tenants | {"id":"default","name":"a"}                            | 409 | id: default
          tenant odd      | /api/v1/tenants | {"id":"A B","name":"a"}                                | 400 | tenant: A B
          """)
  void mistakesAreNamed(String situation, String path, String body, int status, String reason)
      throws Exception {
    HttpResponse<String> response = post(path, body);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(TestGateway.json(response).path("detail").stringValue()).contains(reason);
    assertThat(response.body()).doesNotContain("io.aom");
  }

  @Test
  void keyFilesAreTheOwnersAlone() throws Exception {
    for (String file : new String[] {"admin.key", "internal.key"}) {
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(gateway.directory.resolve(file))))
          .isEqualTo("rw-------");
    }
    assertThat(gateway.adminKey()).startsWith("aom_admin_");
  }

  private static String id(String key) {
    return key.split("_")[1];
  }

  private static int whoami(String key) {
    try {
      return gateway.send(gateway.request("GET", "/api/v1/whoami", key)).statusCode();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode listed(String id) throws Exception {
    for (JsonNode key :
        TestGateway.json(gateway.send(gateway.request("GET", "/api/v1/keys", gateway.adminKey())))
            .path("keys")) {
      if (key.path("id").stringValue().equals(id)) {
        return key;
      }
    }
    throw new AssertionError("not listed: " + id);
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return gateway.send(
        gateway
            .request("POST", path, gateway.adminKey())
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }
}
