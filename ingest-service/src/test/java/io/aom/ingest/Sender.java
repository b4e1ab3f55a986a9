package io.aom.ingest;

import io.aom.identity.Identity;
import io.aom.identity.IdentitySecret;
import io.aom.identity.IdentityTokens;
import io.aom.identity.Role;
import io.aom.telemetry.TenantId;
import io.aom.testkit.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.xerial.snappy.Snappy;

/** A client of the service under test, with the identity that the gateway would have stated. */
public final class Sender {
  public static final String SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  public static final String PROTOBUF = "application/x-protobuf";
  public static final String V2 = PROTOBUF + ";proto=io.prometheus.write.v2.Request";

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final IdentityTokens TOKENS =
      new IdentityTokens(IdentitySecret.of(SECRET), InstantSource.system());

  private final int port;
  private final TenantId tenant;
  private final Set<Role> roles;

  public Sender(int port, String tenant, Role... roles) {
    this.port = port;
    this.tenant = new TenantId(tenant);
    this.roles = Set.of(roles);
  }

  /** Sends a body as it is; no Content-Encoding if {@code coding} is empty. */
  public HttpResponse<byte[]> post(String path, String contentType, String coding, byte[] body) {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", contentType)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (!coding.isEmpty()) {
      request.header("Content-Encoding", coding);
    }
    return send(request.build());
  }

  /** Waits until the service takes what is sent: after its start it makes the topics. */
  public void awaitReady() {
    Await.until("ready", () -> get("/actuator/health/readiness").statusCode() == 200);
  }

  public HttpResponse<byte[]> get(String path) {
    return send(request(path).GET().build());
  }

  public HttpResponse<byte[]> send(HttpRequest request) {
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(30))
        .header(IdentityTokens.HEADER, TOKENS.mint(new Identity("test", tenant, roles)));
  }

  public static byte[] snappy(byte[] body) {
    try {
      return Snappy.compress(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static byte[] gzip(byte[] body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
