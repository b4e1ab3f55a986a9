package io.aom.service.blocks;

import io.aom.blockstore.PeerClient;
import io.aom.blockstore.PeerFailedException;
import io.aom.identity.Identity;
import io.aom.identity.IdentityTokens;
import io.aom.service.http.ObservedHttpClient;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks another member over HTTP, in the name of the service. A question that a request led to
 * belongs to the trace of that; one that no request led to is not observed, since members ask one
 * another every second.
 */
final class HttpPeerClient implements PeerClient, AutoCloseable {
  static final String PATH = "/internal/v1/heads/";
  private static final String ROUTE = PATH + "{query}";

  /** The question carries the tenant it is about; the statement only says that a service asks. */
  private static final Identity MEMBER = Identity.ofService("member", new TenantId("default"));

  /** Statuses by which a member refuses a question that any other would refuse as well. */
  private static final Map<Integer, Problem> REFUSALS =
      Stream.of(Problem.TOO_LARGE, Problem.UNPROCESSABLE, Problem.TOO_MANY)
          .collect(Collectors.toUnmodifiableMap(Problem::status, problem -> problem));

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final ObservedHttpClient observed;
  private final IdentityTokens tokens;

  HttpPeerClient(IdentityTokens tokens, ObservationRegistry observations) {
    this.tokens = tokens;
    observed = new ObservedHttpClient(http, observations);
  }

  @Override
  public byte[] ask(URI peer, String query, byte[] request, Duration timeout) throws IOException {
    HttpRequest.Builder question =
        HttpRequest.newBuilder(peer.resolve(PATH + query))
            .timeout(timeout)
            .header(IdentityTokens.HEADER, tokens.mint(MEMBER))
            .header("Content-Type", "application/octet-stream")
            .POST(HttpRequest.BodyPublishers.ofByteArray(request));
    HttpResponse<byte[]> response;
    try {
      response = send(question);
    } catch (HttpTimeoutException e) {
      throw (IOException) new SocketTimeoutException(peer + ": no answer in time").initCause(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while asking " + peer, e);
    }
    Problem refused = REFUSALS.get(response.statusCode());
    if (refused != null) {
      throw new RejectedException(refused, detail(response.body()));
    }
    if (response.statusCode() != 200) {
      throw new PeerFailedException(
          peer + " answered " + response.statusCode() + " (expected: 200)");
    }
    return response.body();
  }

  private HttpResponse<byte[]> send(HttpRequest.Builder question)
      throws IOException, InterruptedException {
    try {
      return sendOnce(question);
    } catch (HttpTimeoutException | ConnectException e) {
      throw e;
    } catch (IOException e) {
      // A connection that was kept and is closed by now says nothing about the member, which may
      // have been started anew; a question may be asked twice.
      return sendOnce(question);
    }
  }

  private HttpResponse<byte[]> sendOnce(HttpRequest.Builder question)
      throws IOException, InterruptedException {
    BodyHandler<byte[]> body = HttpResponse.BodyHandlers.ofByteArray();
    return observed.isWithin()
        ? observed.send(ROUTE, question, body)
        : http.send(question.build(), body);
  }

  @Override
  public <T> Callable<T> within(Callable<T> work) {
    return observed.within(work);
  }

  private static String detail(byte[] problem) {
    try {
      return JSON.readTree(problem).path("detail").asString("refused by another member");
    } catch (JacksonException e) {
      return "refused by another member";
    }
  }

  @Override
  public void close() {
    observed.close();
  }
}
