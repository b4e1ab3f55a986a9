package io.aom.bench.rig;

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
public record Aom(Server gateway, Optional<Long> services, Optional<URI> openSearch, Path data) {
  private static final Duration SEALED_WITHIN = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final Duration NOTHING_MERGED_FOR = Duration.ofSeconds(15);

  /** Rows of AOM's own telemetry may come while we wait, so not all heads need to be empty. */
  private static final long ROWS_LEFT = 2_000;

  /** So little can only be what came in since the last seal. */
  private static final long BYTES_LEFT = 8 << 20;

  /**
   * Has every service seal what it holds in memory, and waits for it.
   *
   * @return whether it could be asked to
   */
  public boolean seal(Client client) throws IOException, InterruptedException {
    Optional<IdentityTokens> tokens = tokens();
    if (services.isEmpty() || tokens.isEmpty()) {
      return false;
    }
    List<URI> stores = stores(client, tokens.get());
    for (URI store : stores) {
      client.json(
          asService(tokens.get(), URI.create(store + "/seal"))
              .POST(HttpRequest.BodyPublishers.noBody())
              .build());
    }
    awaitEach(client, tokens.get(), stores, "heldRows", ROWS_LEFT);
    return !stores.isEmpty();
  }

  /**
   * Seals, and waits until no sealed data is left in memory: AOM has to run with a hold of nothing
   * ({@code AOM_BLOCKS_HOLD=0s}), else that is only after the hold.
   *
   * @throws IllegalStateException if it cannot be asked to, or still holds data after two minutes
   */
  public void sealAndLetGo(Client client) throws IOException, InterruptedException {
    if (!seal(client)) {
      throw new IllegalStateException(
          "AOM cannot be made to seal (expected: its processes and " + data + " on this machine)");
    }
    IdentityTokens tokens = tokens().orElseThrow();
    awaitEach(client, tokens, stores(client, tokens), "heldBytes", BYTES_LEFT);
  }

  /**
   * Waits until no block was merged for a while.
   *
   * @return how many merged blocks there are
   */
  public long awaitMerged(Client client) throws IOException, InterruptedException {
    IdentityTokens tokens = tokens().orElseThrow();
    List<URI> stores = stores(client, tokens);
    long merged = -1;
    while (true) {
      long now = 0;
      for (URI store : stores) {
        now += client.json(asService(tokens, store).build()).path("blocksMerged").asLong();
      }
      if (now == merged) {
        return merged;
      }
      merged = now;
      Thread.sleep(NOTHING_MERGED_FOR);
    }
  }

  private static void awaitEach(
      Client client, IdentityTokens tokens, List<URI> stores, String figure, long most)
      throws IOException, InterruptedException {
    for (URI store : stores) {
      Until.holds(
          "AOM: " + figure + " of " + store + " is not down to " + most,
          SEALED_WITHIN,
          PAUSE,
          () -> client.json(asService(tokens, store).build()).path(figure).asLong() <= most);
    }
  }

  private Optional<IdentityTokens> tokens() throws IOException {
    Path secret = data.resolve("identity.secret");
    return Files.isReadable(secret)
        ? Optional.of(
            new IdentityTokens(IdentitySecret.of(Files.readString(secret)), InstantSource.system()))
        : Optional.empty();
  }

  /** The services that hold heads and blocks. */
  private List<URI> stores(Client client, IdentityTokens tokens)
      throws IOException, InterruptedException {
    List<URI> stores = new ArrayList<>();
    for (int port : Listeners.of(services.orElseThrow())) {
      URI store = URI.create("http://127.0.0.1:" + port + "/internal/v1/blocks");
      if (client.isAnswered(asService(tokens, store).build())) {
        stores.add(store);
      }
    }
    return stores;
  }

  private static HttpRequest.Builder asService(IdentityTokens tokens, URI uri) {
    Identity caller = Identity.ofService("bench", new TenantId("default"));
    return HttpRequest.newBuilder(uri)
        .timeout(Duration.ofSeconds(10))
        .header(IdentityTokens.HEADER, tokens.mint(caller));
  }

  /** Size of all blocks of a signal, their manifests among them, once OpenSearch has flushed. */
  public OptionalLong blockBytes(Client client, String signal)
      throws IOException, InterruptedException {
    return openSearch.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(
            indexBytes(client, "aom-%1$s-*,aom-blocks-%1$s,aom-merges-%1$s".formatted(signal)));
  }

  /**
   * Size of some indices, once OpenSearch has flushed; 0 if there are none.
   *
   * @param indices names and patterns, separated by commas
   * @throws IllegalStateException if it is not known where OpenSearch is
   */
  public long indexBytes(Client client, String indices) throws IOException, InterruptedException {
    URI url =
        openSearch.orElseThrow(
            () -> new IllegalStateException("AOM's OpenSearch is not on this machine"));
    return client.openSearchBytes(
        new Server("AOM's OpenSearch", url, Optional.empty(), Map.of()), indices);
  }

  /** Posts JSON to an API. */
  public HttpRequest question(String path, Object body) {
    return gateway
        .request(path)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(new JsonMapper().writeValueAsString(body)))
        .build();
  }

  /** A request of OTLP over HTTP. */
  public HttpRequest otlp(String path, byte[] body, boolean gzip) {
    HttpRequest.Builder request =
        gateway.request(path).header("Content-Type", "application/x-protobuf");
    if (gzip) {
      request.header("Content-Encoding", "gzip");
    }
    return request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
  }

  /** Whether an answer to OTLP says that nothing was refused. */
  public static boolean tookAll(HttpResponse<String> answer) {
    // An empty message, so no partial success.
    return answer.statusCode() == 200 && answer.body().isEmpty();
  }

  /** How many an answer counts; -1 if it does not know exactly. */
  public static long exact(JsonNode count) {
    return count.path("exact").asBoolean(false) ? count.path("value").asLong(-1) : -1;
  }
}
