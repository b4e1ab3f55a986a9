package io.aom.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.gateway.access.ApiRoute;
import io.aom.gateway.access.Envelope;
import io.aom.gateway.intake.IntakeRoute;
import io.aom.identity.Identity;
import io.aom.identity.Role;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;
import tools.jackson.databind.JsonNode;

/** Every route with every kind of caller, over the wire. The routes come from the tables. */
class RoutesTest {
  private static final String WRONG = "aom_0000000000000000_" + "0".repeat(48);

  /** Which roles may use a route that needs one; written out, not taken from the code. */
  private static final Map<String, List<String>> ALLOWED =
      Map.of(
          "agent", List.of("agent", "admin"),
          "viewer", List.of("viewer", "editor", "admin"),
          "editor", List.of("editor", "admin"),
          "admin", List.of("admin"),
          "any", List.of("agent", "viewer", "editor", "admin"));

  private static TestGateway gateway;
  private static final Map<String, String> keys = new LinkedHashMap<>();

  /** A route with values for its variables. */
  private record Probe(String method, String path, String role, boolean intake, Envelope envelope) {
    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    gateway =
        TestGateway.start(
            "aom.gateway.failures-per-minute=100000", "aom.gateway.query-burst=100000");
    gateway.tenant("acme");
    for (String role : List.of("agent", "viewer", "editor", "admin")) {
      keys.put(role, gateway.key(role, "acme"));
    }
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void forget() {
    gateway.backend.received.clear();
  }

  private static List<Probe> probes() {
    List<Probe> probes = new ArrayList<>();
    for (String path : IntakeRoute.paths()) {
      probes.add(new Probe("POST", path, "agent", true, null));
    }
    for (ApiRoute route : ApiRoute.ALL) {
      String path = route.path().getPatternString().replaceAll("\\{[a-z]+}", "x1");
      for (HttpMethod method : route.methods()) {
        probes.add(
            new Probe(
                method.name(),
                path,
                route.role() == null ? "any" : route.role().wireName(),
                false,
                route.envelope()));
      }
    }
    return probes;
  }

  @TestFactory
  Stream<DynamicTest> withoutAKey() {
    return each(
        probe -> assertRefused(probe, gateway.request(probe.method(), probe.path(), null), 401));
  }

  @TestFactory
  Stream<DynamicTest> withAWrongKey() {
    return each(
        probe -> assertRefused(probe, gateway.request(probe.method(), probe.path(), WRONG), 401));
  }

  @TestFactory
  Stream<DynamicTest> withAForgedIdentityInsteadOfAKey() {
    String forged =
        gateway.tokens.mint(Identity.ofService("evil", new io.aom.telemetry.TenantId("acme")));
    return each(
        probe ->
            assertRefused(
                probe,
                gateway
                    .request(probe.method(), probe.path(), null)
                    .header("X-AOM-Identity", forged),
                401));
  }

  @TestFactory
  Stream<DynamicTest> withAWrongRole() {
    return each(
        probe -> {
          for (Map.Entry<String, String> key : keys.entrySet()) {
            if (!ALLOWED.get(probe.role()).contains(key.getKey())) {
              assertRefused(
                  probe, gateway.request(probe.method(), probe.path(), key.getValue()), 403);
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> withAnotherTenantsHeader() {
    return each(
        probe -> {
          String key = keys.get(ALLOWED.get(probe.role()).getFirst());
          for (String header : List.of("X-Scope-OrgID", "X-AOM-Tenant")) {
            assertRefused(
                probe,
                gateway.request(probe.method(), probe.path(), key).header(header, "default"),
                403);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> withAGoodKey() {
    return each(
        probe -> {
          for (String role : ALLOWED.get(probe.role())) {
            gateway.backend.received.clear();
            HttpResponse<String> response =
                gateway.send(
                    gateway
                        .request(probe.method(), probe.path(), keys.get(role))
                        .header("X-Scope-OrgID", "acme")
                        .header("X-AOM-Identity", "forged")
                        .header("X-Forwarded-For", "1.2.3.4")
                        .header("Cookie", "a=b"));

            if (isForTheInstallationOnly(probe)) {
              assertThat(response.statusCode()).isEqualTo(403);
            } else {
              assertThat(response.statusCode()).isNotIn(401, 403, 405, 500, 503);
            }
            if (!isOwn(probe)) {
              assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
              Backend.Received received = gateway.backend.received.remove();
              Identity identity = received.identity(gateway.tokens);
              assertThat(identity.tenant().value()).isEqualTo("acme");
              assertThat(identity.roles()).containsExactly(Role.parse(role));
              assertThat(received.headers().keySet())
                  .doesNotContain(
                      "authorization", "x-api-key", "cookie", "x-scope-orgid", "x-forwarded-for");
            }
          }
        });
  }

  /** A page of another site can make a browser send nothing that says who is there. */
  @TestFactory
  Stream<DynamicTest> fromAPageOfAnotherSite() {
    return each(
        probe -> {
          String key = keys.get(ALLOWED.get(probe.role()).getFirst());
          HttpResponse<String> form =
              gateway.send(
                  gateway
                      .request(probe.method(), probe.path(), null)
                      .header("Origin", "https://evil.example")
                      .header("Cookie", "session=1; key=" + key)
                      .header("Content-Type", "text/plain"));
          HttpResponse<String> preflight =
              gateway.send(
                  gateway
                      .request("OPTIONS", probe.path(), null)
                      .header("Origin", "https://evil.example")
                      .header("Access-Control-Request-Method", probe.method())
                      .header("Access-Control-Request-Headers", "authorization"));
          HttpResponse<String> known =
              gateway.send(
                  gateway
                      .request(probe.method(), probe.path(), key)
                      .header("Origin", "https://evil.example"));

          assertThat(form.statusCode()).isEqualTo(401);
          assertThat(preflight.statusCode()).isIn(401, 403, 404, 405);
          for (HttpResponse<String> response : List.of(form, preflight, known)) {
            assertThat(response.headers().map().keySet())
                .noneMatch(name -> name.startsWith("access-control-allow"))
                .doesNotContain("set-cookie");
            // Only of these a browser asks for a password, which it would send along ever after.
            assertThat(response.headers().allValues("WWW-Authenticate"))
                .noneMatch(challenge -> challenge.matches("(?i)(basic|digest|negotiate).*"));
          }
        });
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET    | /v1/traces                                | 405
          GET    | /api/v1/write                             | 405
          DELETE | /api/v1/whoami                            | 405
          POST   | /api/v1/alarms                            | 405
          PUT    | /prometheus/api/v1/query                  | 405
          POST   | /docs/                                    | 405
          GET    | /api                                      | 404
          GET    | /api/v1/nothing                           | 404
          GET    | /api/v2/whoami                            | 404
          GET    | /prometheus/api/v1/admin/tsdb/snapshot    | 404
          GET    | /prometheus/api/v1/write                  | 405
          GET    | /prometheus/api/v1/otlp/v1/metrics        | 405
          POST   | /v1/profiles                              | 404
          GET    | /internal/blocks                          | 404
          GET    | /internal                                 | 404
          GET    | /v3/api-docs                              | 404
          GET    | /actuator                                 | 404
          GET    | /actuator/env                             | 404
          GET    | /actuator/prometheus                      | 404
          GET    | /actuator/heapdump                        | 404
          GET    | /actuator/gateway/routes                  | 404
          POST   | /actuator/gateway/refresh                 | 404
          POST   | /actuator/shutdown                        | 404
          GET    | /actuator/health                          | 200
          GET    | /actuator/health/liveness                 | 200
          GET    | /actuator/health/readiness                | 200
          GET    | /healthz                                  | 200
          GET    | /-/healthy                                | 200
          GET    | /-/ready                                  | 200
          GET    | /prometheus/-/healthy                     | 200
          GET    | /prometheus/-/ready                       | 200
          POST   | /-/reload                                 | 405
          POST   | /-/quit                                   | 405
          PUT    | /api/v1/query                             | 405
          GET    | /api/v1/read                              | 405
          GET    | /actuator/health/../env                   | 400
          GET    | /actuator/health/%2e%2e/env               | 400
          GET    | /docs/..%2f..%2fgateway-defaults.properties | 400
          GET    | /docs/%252e%252e/x                        | 400
          GET    | //api/v1/keys                             | 400
          GET    | /api/v1/keys;a=b                          | 400
          GET    | /api/v1/traces/..%5c..%5cinternal         | 400
          GET    | /docs/gateway-defaults.properties         | 404
          GET    | /io/aom/gateway/GatewayService.class      | 404
          GET    | /webjars/swagger-ui/5.32.1/index.html     | 404
          """)
  void whatIsNotInTheTableIsNotThere(String method, String path, int status) throws Exception {
    for (String key : new String[] {null, gateway.adminKey()}) {
      HttpResponse<String> response = gateway.send(gateway.request(method, path, key));

      assertThat(response.statusCode()).as(path + " " + response.body()).isEqualTo(status);
      assertThat(gateway.backend.received).isEmpty();
      if (status == 405) {
        assertThat(response.headers().firstValue("Allow")).isPresent();
      }
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Authorization | Bearer KEY         | 200
          Authorization | bearer KEY         | 200
          Authorization | Basic USERKEY      | 200
          X-API-Key     | KEY                | 200
          Authorization | KEY                | 401
          Authorization | Digest KEY         | 401
          Authorization | Basic KEY          | 401
          Authorization | Bearer             | 401
          Authorization | Bearer KEYx        | 401
          X-API-Key     | aom_admin_         | 401
          """)
  void whereAKeyMayBe(String header, String value, int status) throws Exception {
    String key = keys.get("viewer");
    String userKey = java.util.Base64.getEncoder().encodeToString(("anybody:" + key).getBytes());
    HttpResponse<String> response =
        gateway.send(
            gateway
                .request("GET", "/api/v1/whoami", null)
                .header(header, value.replace("USERKEY", userKey).replace("KEY", key)));

    assertThat(response.statusCode()).isEqualTo(status);
    if (status == 401) {
      assertThat(response.headers().firstValue("WWW-Authenticate")).isPresent();
    }
  }

  @Test
  void whoami() throws Exception {
    JsonNode admin =
        TestGateway.json(
            gateway.send(gateway.request("GET", "/api/v1/whoami", gateway.adminKey())));
    JsonNode internal =
        TestGateway.json(
            gateway.send(gateway.request("GET", "/api/v1/whoami", gateway.internalKey())));

    assertThat(admin.toString())
        .isEqualTo("{\"subject\":\"admin\",\"tenant\":\"default\",\"roles\":[\"admin\"]}");
    assertThat(internal.path("roles").path(0).stringValue()).isEqualTo("agent");
  }

  private interface Check {
    void run(Probe probe) throws Exception;
  }

  private static Stream<DynamicTest> each(Check check) {
    return probes().stream()
        .map(probe -> DynamicTest.dynamicTest(probe.toString(), () -> check.run(probe)));
  }

  /** The admin of one tenant is none of the installation. */
  private static boolean isForTheInstallationOnly(Probe probe) {
    return probe.method().equals("DELETE") && probe.path().startsWith("/api/v1/tenants/");
  }

  private static boolean isOwn(Probe probe) {
    return probe.path().startsWith("/api/v1/keys")
        || probe.path().startsWith("/api/v1/tenants")
        || probe.path().equals("/api/v1/endpoints")
        || probe.path().equals("/api/v1/whoami");
  }

  private static void assertRefused(Probe probe, HttpRequest.Builder request, int status)
      throws Exception {
    gateway.backend.received.clear();
    HttpResponse<String> response = gateway.send(request);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(gateway.backend.received).isEmpty();
    if (status == 401) {
      assertThat(response.headers().firstValue("WWW-Authenticate")).isPresent();
    }
    String contentType = response.headers().firstValue("Content-Type").orElseThrow();
    if (probe.method().equals("HEAD")) {
      return;
    }
    if (probe.intake() && probe.path().matches(".*/v1/(logs|traces|metrics)")) {
      assertThat(contentType).isEqualTo("application/x-protobuf");
    } else if (probe.envelope() == Envelope.PROMETHEUS) {
      assertThat(contentType).isEqualTo("application/json");
      assertThat(TestGateway.json(response).path("status").stringValue()).isEqualTo("error");
      assertThat(TestGateway.json(response).path("error").stringValue()).isNotBlank();
    } else {
      assertThat(contentType).isEqualTo("application/problem+json");
      assertThat(TestGateway.json(response).path("status").asInt()).isEqualTo(status);
    }
  }
}
