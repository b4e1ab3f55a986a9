package io.aom.metrics.ingest;

import com.sun.net.httpserver.HttpServer;
import io.aom.identity.Identity;
import io.aom.identity.IdentitySecret;
import io.aom.identity.IdentityTokens;
import io.aom.identity.InvalidIdentityException;
import io.aom.service.http.ObservedHttpClient;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.InstantSource;

/** An ingest-service that answers as a test wants, and a client of it. */
public final class TestIngest implements AutoCloseable {
  private static final IdentityTokens TOKENS =
      new IdentityTokens(
          IdentitySecret.of("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="),
          InstantSource.system());

  private final HttpServer server;
  private final IngestClient client;

  /** What came; the caller is verified. */
  public record Request(String path, String contentType, Identity caller, byte[] body) {}

  /** Says with which status a request is answered. */
  @FunctionalInterface
  public interface Taking {
    int take(Request request) throws IOException;
  }

  public TestIngest(Taking taking) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          Request request =
              new Request(
                  exchange.getRequestURI().getPath(),
                  exchange.getRequestHeaders().getFirst("Content-Type"),
                  caller(exchange.getRequestHeaders().getFirst(IdentityTokens.HEADER)),
                  exchange.getRequestBody().readAllBytes());
          exchange.sendResponseHeaders(taking.take(request), -1);
          exchange.close();
        });
    server.start();
    client =
        new IngestClient(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
            TOKENS,
            new ObservedHttpClient(HttpClient.newHttpClient(), ObservationRegistry.NOOP));
  }

  private static Identity caller(String token) throws IOException {
    try {
      return TOKENS.verify(token);
    } catch (InvalidIdentityException e) {
      throw new IOException(e);
    }
  }

  public IngestClient client() {
    return client;
  }

  @Override
  public void close() {
    client.close();
    server.stop(0);
  }
}
