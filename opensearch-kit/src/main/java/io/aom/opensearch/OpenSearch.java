package io.aom.opensearch;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ContentTooLongException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.opensearch.client.json.jackson3.JacksonJsonpMapper;
import org.opensearch.client.opensearch.generic.Body;
import org.opensearch.client.opensearch.generic.OpenSearchGenericClient;
import org.opensearch.client.opensearch.generic.Request;
import org.opensearch.client.opensearch.generic.Requests;
import org.opensearch.client.opensearch.generic.Response;
import org.opensearch.client.transport.OpenSearchTransport;
import org.opensearch.client.transport.httpclient5.ApacheHttpClient5TransportBuilder;
import org.opensearch.client.transport.httpclient5.ResponseException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A connection pool to OpenSearch that sends JSON and gives back JSON. It goes through the client's
 * generic part, because blocks are written and read as byte streams that the typed part would turn
 * into objects first.
 *
 * <p>Safe for concurrent use. Every call blocks, 30 seconds at most.
 */
public final class OpenSearch implements AutoCloseable {
  public static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Set<Integer> LATER = Set.of(429, 502, 503, 504);
  private static final int ERROR_TEXT_LENGTH = 2_000;

  private final OpenSearchSettings settings;
  private final OpenSearchTransport transport;
  private final OpenSearchGenericClient client;

  /** What OpenSearch answered; {@code body} is a missing node where there was none. */
  public record Reply(int status, JsonNode body) {
    public boolean found() {
      return status != 404;
    }
  }

  private OpenSearch(OpenSearchSettings settings, OpenSearchTransport transport) {
    this.settings = settings;
    this.transport = transport;
    this.client = new OpenSearchGenericClient(transport);
  }

  /** Opens the pool. Connects at the first call, so OpenSearch may come up later. */
  public static OpenSearch connect(OpenSearchSettings settings) {
    HttpHost[] hosts = settings.urls().stream().map(HttpHost::create).toArray(HttpHost[]::new);
    ApacheHttpClient5TransportBuilder builder =
        ApacheHttpClient5TransportBuilder.builder(hosts)
            .setMapper(new JacksonJsonpMapper())
            .setHttpClientConfigCallback(
                http -> {
                  String username = settings.username();
                  String password = settings.password();
                  if (username != null && password != null) {
                    BasicCredentialsProvider credentials = new BasicCredentialsProvider();
                    for (HttpHost host : hosts) {
                      credentials.setCredentials(
                          new AuthScope(host),
                          new UsernamePasswordCredentials(username, password.toCharArray()));
                    }
                    http.setDefaultCredentialsProvider(credentials);
                  }
                  // Columns are compressed already; OpenSearch would deflate them once more in
                  // Base64.
                  http.disableContentCompression();
                  return http.setConnectionManager(
                      PoolingAsyncClientConnectionManagerBuilder.create()
                          .setMaxConnPerRoute(32)
                          .setMaxConnTotal(64)
                          .setDefaultConnectionConfig(
                              ConnectionConfig.custom()
                                  .setConnectTimeout(Timeout.ofSeconds(2))
                                  .setSocketTimeout(Timeout.ofSeconds(30))
                                  .setValidateAfterInactivity(Timeout.ofSeconds(1))
                                  .build())
                          .build());
                });
    return new OpenSearch(settings, builder.build());
  }

  public OpenSearchSettings settings() {
    return settings;
  }

  /** Sends a request without a body. */
  public Reply send(String method, String path, Map<String, String> parameters) {
    return send(method, path, parameters, null, "application/json");
  }

  /** Sends a JSON body. */
  public Reply send(String method, String path, Map<String, String> parameters, JsonNode body) {
    return send(method, path, parameters, JSON.writeValueAsBytes(body), "application/json");
  }

  /**
   * Sends a request.
   *
   * @param path already encoded
   * @return the answer, also where it is 404 or 409 (without its body), which are outcomes rather
   *     than faults
   * @throws OpenSearchUnavailableException if there is no answer or one that says "later"
   * @throws OpenSearchRefusedException if the answer is any other error
   * @throws OpenSearchAnswerTooLongException if the answer has more than 100 MiB
   */
  public Reply send(
      String method,
      String path,
      Map<String, String> parameters,
      byte @Nullable [] body,
      String contentType) {
    Requests.JsonBodyBuilder builder =
        Requests.builder().endpoint(path).method(method).query(parameters);
    Request request =
        body == null ? builder.build() : builder.body(Body.from(body, contentType)).build();
    String what = method + " " + path;
    try (Response response = client.execute(request)) {
      return reply(what, response.getStatus(), parse(response));
    } catch (ResponseException e) {
      // The transport throws on 409 and 429, say, though not on 404; the body is in the message.
      return reply(what, e.status(), JSON.getNodeFactory().stringNode(e.getMessage()));
    } catch (IOException e) {
      String failed = what + " at " + settings.urls() + ": " + e.getMessage();
      throw tooLong(e)
          ? new OpenSearchAnswerTooLongException(failed, e)
          : new OpenSearchUnavailableException(failed, e);
    }
  }

  /** The transport wraps what went wrong with an answer. */
  private static boolean tooLong(IOException failure) {
    return failure instanceof ContentTooLongException
        || failure.getCause() instanceof ContentTooLongException;
  }

  private static Reply reply(String what, int status, JsonNode body) {
    if (LATER.contains(status)) {
      throw new OpenSearchUnavailableException(what + ": " + status + " " + text(body), null);
    }
    if (status >= 400 && status != 404 && status != 409) {
      throw new OpenSearchRefusedException(status, what + ": " + status + " " + text(body));
    }
    return new Reply(status, status == 409 ? JSON.missingNode() : body);
  }

  private static JsonNode parse(Response response) throws IOException {
    Body body = response.getBody().orElse(null);
    if (body == null) {
      return JSON.missingNode();
    }
    try (body) {
      return JSON.readTree(body.body());
    } catch (JacksonException e) {
      throw new IOException("the answer is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static String text(JsonNode json) {
    String text = json.toString();
    return text.length() <= ERROR_TEXT_LENGTH ? text : text.substring(0, ERROR_TEXT_LENGTH) + "…";
  }

  @Override
  public void close() {
    try {
      transport.close();
    } catch (IOException e) {
      throw new OpenSearchUnavailableException("closing the connections failed", e);
    }
  }
}
