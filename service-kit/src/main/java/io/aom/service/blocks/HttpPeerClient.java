package io.aom.service.blocks;

import io.aom.blockstore.PeerClient;
import io.aom.identity.Identity;
import io.aom.identity.IdentityTokens;
import io.aom.telemetry.TenantId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks another member over HTTP, in the name of the service. */
final class HttpPeerClient implements PeerClient, AutoCloseable {
  static final String PATH = "/internal/v1/heads/";

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** The question carries the tenant it is about; the statement only says that a service asks. */
  private static final Identity MEMBER = Identity.ofService("member", new TenantId("default"));

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final IdentityTokens tokens;

  HttpPeerClient(IdentityTokens tokens) {
    this.tokens = tokens;
  }

  @Override
  public byte[] ask(URI peer, String query, byte[] request) throws IOException {
    HttpRequest http =
        HttpRequest.newBuilder(peer.resolve(PATH + query))
            .timeout(TIMEOUT)
            .header(IdentityTokens.HEADER, tokens.mint(MEMBER))
            .header("Content-Type", "application/octet-stream")
            .POST(HttpRequest.BodyPublishers.ofByteArray(request))
            .build();
    try {
      HttpResponse<byte[]> response = this.http.send(http, HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() != 200) {
        throw new IOException(peer + " answered " + response.statusCode() + " (expected: 200)");
      }
      return response.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while asking " + peer, e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
