package io.aom.service.http;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.RequestReplySenderContext;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.springframework.http.HttpStatus.Series;

/**
 * Sends requests to other services. Each is observed as {@code http.client.requests}: it counts in
 * metrics and carries the trace it belongs to ({@code traceparent}), a new one where there is none
 * yet. Safe for use by many threads.
 */
public final class ObservedHttpClient implements AutoCloseable {
  private static final String NAME = "http.client.requests";
  private static final String NONE = "none";

  private final HttpClient http;
  private final ObservationRegistry observations;

  /**
   * @param http is closed with this
   */
  public ObservedHttpClient(HttpClient http, ObservationRegistry observations) {
    this.http = http;
    this.observations = observations;
  }

  /** For calls to other services: HTTP/1.1, no redirects, two seconds to connect. */
  public static ObservedHttpClient toServices(ObservationRegistry observations) {
    return new ObservedHttpClient(
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build(),
        observations);
  }

  /**
   * As {@link HttpClient#send}. What is read of a body after the return is not observed.
   *
   * @param route the path in a form of which there are only a few, as metrics name it
   */
  public <T> HttpResponse<T> send(String route, HttpRequest.Builder request, BodyHandler<T> body)
      throws IOException, InterruptedException {
    HttpRequest plain = request.copy().build();
    Context context = new Context();
    context.setCarrier(request);
    Observation observation =
        Observation.createNotStarted(NAME, () -> context, observations)
            .contextualName("http " + plain.method().toLowerCase(Locale.ROOT))
            .lowCardinalityKeyValue("method", plain.method())
            .lowCardinalityKeyValue("uri", route)
            .lowCardinalityKeyValue("client.name", String.valueOf(plain.uri().getHost()))
            .lowCardinalityKeyValue("status", "CLIENT_ERROR")
            .lowCardinalityKeyValue("outcome", "UNKNOWN")
            .lowCardinalityKeyValue("exception", NONE)
            .start();
    try {
      HttpResponse<T> response = http.send(request.build(), body);
      context.setResponse(response);
      observation
          .lowCardinalityKeyValue("status", String.valueOf(response.statusCode()))
          .lowCardinalityKeyValue("outcome", outcome(response.statusCode()));
      return response;
    } catch (IOException | InterruptedException | RuntimeException e) {
      observation.lowCardinalityKeyValue("exception", e.getClass().getSimpleName()).error(e);
      throw e;
    } finally {
      observation.stop();
    }
  }

  private static String outcome(int status) {
    Series series = Series.resolve(status);
    return switch (series) {
      case SUCCESSFUL -> "SUCCESS";
      case null -> "UNKNOWN";
      default -> series.name();
    };
  }

  /** Whether what is sent now would belong to something that is observed already. */
  public boolean isWithin() {
    return observations.getCurrentObservation() != null;
  }

  /** Lets another thread do this as a part of what this thread does now. */
  public <T> Callable<T> within(Callable<T> work) {
    Observation current = observations.getCurrentObservation();
    return current == null
        ? work
        : () -> current.scopedChecked((Observation.CheckedCallable<T, Exception>) work::call);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private static final class Context
      extends RequestReplySenderContext<HttpRequest.Builder, HttpResponse<?>> {
    Context() {
      super(
          (request, name, value) -> {
            if (request != null) {
              request.setHeader(name, value);
            }
          });
    }
  }
}
