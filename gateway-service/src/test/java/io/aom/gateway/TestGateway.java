package io.aom.gateway;

import io.aom.gateway.key.KeyRecord;
import io.aom.gateway.key.KeyStores;
import io.aom.gateway.key.KeyUse;
import io.aom.gateway.key.TenantRecord;
import io.aom.gateway.local.LocalService;
import io.aom.identity.IdentitySecret;
import io.aom.identity.IdentityTokens;
import io.aom.opensearch.documents.InMemoryDocumentStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole gateway on free ports with one backend for all services. */
final class TestGateway implements AutoCloseable {
  static final String SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  static final JsonMapper JSON = JsonMapper.shared();

  final Backend backend = new Backend();
  final IdentityTokens tokens =
      new IdentityTokens(IdentitySecret.of(SECRET), InstantSource.system());
  final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final ConfigurableApplicationContext context;
  final GatewayPorts ports;
  final Path directory;

  static KeyStores inMemory() {
    return new KeyStores(
        new InMemoryDocumentStore<>(KeyRecord.TYPE),
        new InMemoryDocumentStore<>(TenantRecord.TYPE),
        new InMemoryDocumentStore<>(KeyUse.TYPE));
  }

  /** With keys in memory. */
  static TestGateway start(String... properties) {
    return start(inMemory(), properties);
  }

  /** With keys in OpenSearch. */
  static TestGateway real(String... properties) {
    return start((KeyStores) null, properties);
  }

  static TestGateway start(KeyStores stores, String... properties) {
    try {
      return new TestGateway(stores, null, properties);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** With keys in memory, and a service of this JVM. */
  static TestGateway with(LocalService local, String... properties) throws IOException {
    return new TestGateway(inMemory(), local, properties);
  }

  private TestGateway(KeyStores stores, LocalService local, String... properties)
      throws IOException {
    directory = Files.createTempDirectory("gateway");
    SpringApplication application = GatewayService.application();
    if (stores != null) {
      application.addInitializers(
          starting ->
              ((GenericApplicationContext) starting).registerBean(KeyStores.class, () -> stores));
    }
    if (local != null) {
      application.addInitializers(
          starting -> starting.getBeanFactory().registerSingleton("local", local));
    }
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("server.port", "0");
    settings.put("aom.gateway.otlp-http-port", "0");
    settings.put("aom.gateway.otlp-grpc-port", "0");
    settings.put("aom.gateway.admin-key-file", directory.resolve("admin.key").toString());
    settings.put("aom.gateway.internal-key-file", directory.resolve("internal.key").toString());
    settings.put("aom.identity.secret", SECRET);
    // Shorter than the client waits: a backend that is silent is an answer of the gateway.
    settings.put("aom.gateway.query.timeout", "20s");
    for (String service : List.of("ingest", "metrics", "log", "topology", "alarm")) {
      settings.put("aom.services." + service, backend.url());
    }
    for (String property : properties) {
      int equals = property.indexOf('=');
      settings.put(property.substring(0, equals), property.substring(equals + 1));
    }
    context =
        application.run(
            settings.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new));
    ports = context.getBean(GatewayPorts.class);
  }

  String adminKey() throws IOException {
    return Files.readString(directory.resolve("admin.key")).strip();
  }

  String internalKey() throws IOException {
    return Files.readString(directory.resolve("internal.key")).strip();
  }

  /** Makes a key by the API. */
  String key(String role, String tenant) throws Exception {
    HttpResponse<String> made =
        send(
            request("POST", "/api/v1/keys", adminKey())
                .header("Content-Type", "application/json")
                .method(
                    "POST",
                    BodyPublishers.ofString(
                        "{\"name\":\"test\",\"role\":\"%s\",\"tenant\":\"%s\"}"
                            .formatted(role, tenant))));
    if (made.statusCode() != 201) {
      throw new IllegalStateException(made.statusCode() + " " + made.body());
    }
    return json(made).path("key").stringValue();
  }

  void tenant(String id) throws Exception {
    HttpResponse<String> made =
        send(
            request("POST", "/api/v1/tenants", adminKey())
                .header("Content-Type", "application/json")
                .method(
                    "POST",
                    BodyPublishers.ofString("{\"id\":\"%s\",\"name\":\"T\"}".formatted(id))));
    if (made.statusCode() != 201) {
      throw new IllegalStateException(made.statusCode() + " " + made.body());
    }
  }

  /**
   * @param key null for none
   */
  HttpRequest.Builder request(String method, String path, String key) {
    return request(ports.http(), method, path, key);
  }

  HttpRequest.Builder request(int port, String method, String path, String key) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30));
    BodyPublisher body =
        method.equals("GET") || method.equals("DELETE") || method.equals("HEAD")
            ? BodyPublishers.noBody()
            : BodyPublishers.ofString("x");
    request.method(method, body);
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    return request;
  }

  /** The answer; if there is none, the failure says how far the request came. */
  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    HttpRequest sent = request.build();
    try {
      return http.send(sent, BodyHandlers.ofString());
    } catch (HttpTimeoutException e) {
      throw new AssertionError(
          "no answer to %s %s; the backend has received, and the test not taken yet, %s"
              .formatted(sent.method(), sent.uri(), List.copyOf(backend.received)),
          e);
    }
  }

  static JsonNode json(HttpResponse<String> response) {
    return JSON.readTree(response.body());
  }

  @Override
  public void close() {
    context.close();
    backend.close();
    http.close();
  }
}
