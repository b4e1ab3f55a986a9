package io.aom.bench;

import io.aom.identity.Identity;
import io.aom.identity.IdentitySecret;
import io.aom.identity.IdentityTokens;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A running AOM.
 *
 * @param gateway all its processes, and the address of its APIs
 * @param services the process that runs the services; empty if they are not on this machine
 * @param openSearch address of the OpenSearch that it stores in, if that is known
 * @param data folder in which it keeps its secrets
 */
record Aom(Server gateway, Optional<Long> services, Optional<URI> openSearch, Path data) {
  private static final Duration SEALED_WITHIN = Duration.ofMinutes(2);

  /** Rows of AOM's own telemetry may come while we wait, so not all heads need to be empty. */
  private static final long ROWS_LEFT = 2_000;

  /**
   * Has every service seal what it holds in memory, and waits for it.
   *
   * @return whether it could be asked to
   */
  boolean seal(Client client) throws IOException, InterruptedException {
    Path secret = data.resolve("identity.secret");
    if (services.isEmpty() || !Files.isReadable(secret)) {
      return false;
    }
    var tokens =
        new IdentityTokens(IdentitySecret.of(Files.readString(secret)), InstantSource.system());
    List<URI> stores = new ArrayList<>();
    for (int port : Listeners.of(services.get())) {
      URI store = URI.create("http://127.0.0.1:" + port + "/internal/v1/blocks");
      if (client.isAnswered(asService(tokens, store).build())) {
        stores.add(store);
      }
    }
    for (URI store : stores) {
      client.json(
          asService(tokens, URI.create(store + "/seal"))
              .POST(HttpRequest.BodyPublishers.noBody())
              .build());
    }
    long deadline = System.nanoTime() + SEALED_WITHIN.toNanos();
    for (URI store : stores) {
      while (client.json(asService(tokens, store).build()).path("heldRows").asLong() > ROWS_LEFT) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "AOM: not sealed within " + SEALED_WITHIN.toSeconds() + " s");
        }
        Thread.sleep(100);
      }
    }
    return !stores.isEmpty();
  }

  private static HttpRequest.Builder asService(IdentityTokens tokens, URI uri) {
    Identity caller = Identity.ofService("bench", new TenantId("default"));
    return HttpRequest.newBuilder(uri)
        .timeout(Duration.ofSeconds(10))
        .header(IdentityTokens.HEADER, tokens.mint(caller));
  }

  /** Size of all blocks of a signal, their manifests among them, once OpenSearch has flushed. */
  OptionalLong blockBytes(Client client, String signal) throws IOException, InterruptedException {
    if (openSearch.isEmpty()) {
      return OptionalLong.empty();
    }
    var server = new Server("AOM's OpenSearch", openSearch.get(), Optional.empty(), Map.of());
    return OptionalLong.of(
        OpenSearchIndex.storeBytes(client, server, "aom-" + signal + "-*,aom-blocks-" + signal));
  }

  /** Posts JSON to an API. */
  HttpRequest question(String path, Object body) {
    return gateway
        .request(path)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(new JsonMapper().writeValueAsString(body)))
        .build();
  }

  /** A request of OTLP over HTTP. */
  HttpRequest otlp(String path, byte[] body, boolean gzip) {
    HttpRequest.Builder request =
        gateway.request(path).header("Content-Type", "application/x-protobuf");
    if (gzip) {
      request.header("Content-Encoding", "gzip");
    }
    return request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
  }

  /** Whether an answer to OTLP says that nothing was refused. */
  static boolean tookAll(HttpResponse<String> answer) {
    // An empty message, so no partial success.
    return answer.statusCode() == 200 && answer.body().isEmpty();
  }

  /** How many an answer counts; -1 if it does not know exactly. */
  static long exact(JsonNode count) {
    return count.path("exact").asBoolean(false) ? count.path("value").asLong(-1) : -1;
  }
}
