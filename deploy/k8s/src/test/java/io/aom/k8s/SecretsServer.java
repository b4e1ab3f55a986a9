package io.aom.k8s;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * As much of a Kubernetes API server as Helm's {@code lookup} of a secret asks, on loopback. The
 * file in the environment variable {@code KUBECONFIG} leads here, so no test can reach a cluster.
 */
final class SecretsServer {
  private static final String RESOURCES =
      """
      {"kind":"APIResourceList","apiVersion":"v1","groupVersion":"v1","resources":[
       {"name":"secrets","singularName":"secret","namespaced":true,"kind":"Secret","verbs":["get"]}]}
      """;
  private static final String NOT_FOUND =
      """
      {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","reason":"NotFound",
       "message":"secrets not found","code":404}
      """;
  private static final SecretsServer INSTANCE = new SecretsServer();

  private final Map<String, String> secrets = new ConcurrentHashMap<>();

  private SecretsServer() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/", this::answer);
      server.start();
      String config =
          """
          apiVersion: v1
          kind: Config
          clusters: [{name: test, cluster: {server: "http://127.0.0.1:%d"}}]
          contexts: [{name: test, context: {cluster: test, user: test}}]
          users: [{name: test, user: {}}]
          current-context: test
          """
              .formatted(server.getAddress().getPort());
      Files.writeString(Path.of(System.getenv("KUBECONFIG")), config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The one of this JVM, started if it was not. */
  static SecretsServer running() {
    return INSTANCE;
  }

  /** From now on there is such a secret in namespace {@code ops}. */
  void put(String name, Map<String, String> data) {
    StringBuilder json = new StringBuilder();
    data.forEach(
        (key, value) ->
            json.append(json.isEmpty() ? "" : ",")
                .append('"')
                .append(key)
                .append("\":\"")
                .append(value)
                .append('"'));
    secrets.put(
        name,
        "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"%s\"},\"data\":{%s}}"
            .formatted(name, json));
  }

  void remove(String name) {
    secrets.remove(name);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String prefix = "/api/v1/namespaces/ops/secrets/";
      String body = path.equals("/api/v1") ? RESOURCES : null;
      if (path.startsWith(prefix)) {
        body = secrets.get(path.substring(prefix.length()));
      }
      byte[] bytes = (body == null ? NOT_FOUND : body).getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(body == null ? 404 : 200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
