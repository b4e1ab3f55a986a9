package io.aom.gateway.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aom.gateway.access.AccessFilter;
import io.aom.gateway.upstream.Guard.BodyReadException;
import io.aom.gateway.upstream.Guards;
import io.aom.identity.Identity;
import io.aom.telemetry.RejectedException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Hands requests to services of this JVM, where they answer them without HTTP; lets all others
 * pass. Comes right behind {@link AccessFilter}, and under the same guards as requests that go over
 * HTTP.
 */
public final class LocalServiceFilter implements WebFilter, Ordered {
  private final List<LocalService> services;
  private final Guards guards;
  private final Executor threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("local-", 0).factory());

  public LocalServiceFilter(List<LocalService> services, Guards guards) {
    this.services = List.copyOf(services);
    this.guards = guards;
  }

  @Override
  public int getOrder() {
    return AccessFilter.ORDER + 1;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (exchange.getAttribute(AccessFilter.IDENTITY) instanceof Identity caller) {
      String path = exchange.getRequest().getURI().getRawPath();
      for (LocalService service : services) {
        if (service.answers(path)) {
          return answer(service, path, caller, exchange);
        }
      }
    }
    return chain.filter(exchange);
  }

  private Mono<Void> answer(
      LocalService service, String path, Identity caller, ServerWebExchange exchange) {
    AtomicBoolean formIsRead = new AtomicBoolean();
    AtomicBoolean answered = new AtomicBoolean();
    exchange.getAttributes().put(AccessFilter.ANSWERED, answered);
    Mono<Void> answer =
        parameters(exchange.getRequest())
            .flatMap(
                parameters -> {
                  formIsRead.set(true);
                  return answer(
                      service, path, caller, parameters, exchange.getResponse(), answered);
                });
    return guards.query(service.service()).protect(answer, () -> !formIsRead.get());
  }

  private static Mono<Map<String, List<String>>> parameters(ServerHttpRequest request) {
    String query = request.getURI().getRawQuery();
    if (!HttpMethod.POST.equals(request.getMethod())) {
      return Mono.fromSupplier(() -> parameters("", query));
    }
    boolean isForm = isForm(request.getHeaders().getFirst(HttpHeaders.CONTENT_TYPE));
    return DataBufferUtils.join(request.getBody())
        .onErrorMap(e -> e instanceof RejectedException ? e : new BodyReadException(e))
        .map(LocalServiceFilter::text)
        .defaultIfEmpty("")
        .map(body -> parameters(isForm ? body : "", query));
  }

  /** Whatever else is in the header, be it no media type at all. */
  private static boolean isForm(@Nullable String contentType) {
    String type = contentType == null ? "" : contentType.split(";", 2)[0].strip();
    return type.equalsIgnoreCase(MediaType.APPLICATION_FORM_URLENCODED_VALUE);
  }

  private static Map<String, List<String>> parameters(String form, String query) {
    Parameters parameters = new Parameters();
    parameters.add("form", form);
    parameters.add("query", query == null ? "" : query);
    return parameters.values();
  }

  private static String text(DataBuffer body) {
    try {
      return body.toString(UTF_8);
    } finally {
      DataBufferUtils.release(body);
    }
  }

  private Mono<Void> answer(
      LocalService service,
      String path,
      Identity caller,
      Map<String, List<String>> parameters,
      ServerHttpResponse response,
      AtomicBoolean answered) {
    AtomicBoolean abandoned = new AtomicBoolean();
    Publisher<DataBuffer> body =
        DataBufferUtils.outputStreamPublisher(
            out ->
                answer(
                    service,
                    path,
                    caller,
                    parameters,
                    new LocalReply(response, out, answered, abandoned)),
            response.bufferFactory(),
            threads,
            /* chunkSize= */ 1);
    return response.writeWith(
        Flux.from(body)
            .doOnDiscard(DataBuffer.class, DataBufferUtils::release)
            .onErrorMap(Exceptions::unwrap)
            .doOnCancel(() -> abandoned.set(true)));
  }

  private static void answer(
      LocalService service,
      String path,
      Identity caller,
      Map<String, List<String>> parameters,
      LocalReply reply) {
    try {
      service.answer(path, caller, parameters, reply);
      reply.end();
    } catch (IOException e) {
      throw Exceptions.propagate(e);
    } catch (Error e) {
      throw new IllegalStateException(e); // Of an error the publisher would tell nobody.
    }
  }
}
