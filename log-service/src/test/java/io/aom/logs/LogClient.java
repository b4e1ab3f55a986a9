package io.aom.logs;

import io.aom.identity.Identity;
import io.aom.identity.IdentitySecret;
import io.aom.identity.IdentityTokens;
import io.aom.identity.Role;
import io.aom.telemetry.TenantId;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.InstantSource;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls a log service as the gateway does. */
public final class LogClient {
  public static final String SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpClient http = HttpClient.newHttpClient();
  private final IdentityTokens tokens =
      new IdentityTokens(IdentitySecret.of(SECRET), InstantSource.system());
  private final URI base;
  private final TenantId tenant;

  public LogClient(int port, TenantId tenant) {
    this.base = URI.create("http://127.0.0.1:" + port);
    this.tenant = tenant;
  }

  /** Sends and expects 200. */
  public JsonNode post(String path, String body) throws Exception {
    return body(send("POST", path, body, Role.VIEWER), 200);
  }

  public JsonNode get(String path) throws Exception {
    return body(send("GET", path, "", Role.VIEWER), 200);
  }

  /** Calls what is between services only. */
  public String internal(String method, String path) throws Exception {
    HttpResponse<String> response = send(method, "/internal/v1" + path, "", Role.SERVICE);
    if (response.statusCode() != 200) {
      throw new AssertionError(response.statusCode() + " " + response.body());
    }
    return response.body();
  }

  public static JsonNode body(HttpResponse<String> response, int status) {
    if (response.statusCode() != status) {
      throw new AssertionError(response.statusCode() + " " + response.body());
    }
    return JSON.readTree(response.body());
  }

  public HttpResponse<String> send(String method, String path, String body, Role role)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(path))
            .header("Content-Type", "application/json")
            .header(IdentityTokens.HEADER, tokens.mint(new Identity("test", tenant, Set.of(role))))
            .method(method, BodyPublishers.ofString(body))
            .build();
    return http.send(request, BodyHandlers.ofString());
  }
}
