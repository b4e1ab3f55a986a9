package io.aom.gateway.console;

import io.aom.gateway.access.AccessFilter;
import io.aom.gateway.upstream.Service;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Pages that anybody may load: the console, which asks for a key, and the API documentation. */
@Configuration(proxyBeanMethods = false)
public class ConsoleConfiguration {
  private static final String DOCS = "/docs";
  private static final String INDEX = "index.html";

  /** The bundler names these files by their content, so a name never changes its meaning. */
  private static final String ASSETS = "/assets/";

  private static final CacheControl FOREVER =
      CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable();
  private static final CacheControl A_DAY = CacheControl.maxAge(Duration.ofDays(1)).cachePublic();
  private static final CacheControl ASK_EACH_TIME = CacheControl.noCache();

  private static final Set<String> PROXIED =
      Arrays.stream(Service.values())
          .map(service -> "/docs/openapi/" + service.wireName())
          .collect(Collectors.toUnmodifiableSet());

  private final Resource console = new ClassPathResource("static/");
  private final Resource docs = new ClassPathResource("io/aom/gateway/docs/");
  private final Resource swaggerUi = swaggerUi();

  @Bean
  RouterFunction<ServerResponse> pages() {
    return request ->
        request.attribute(AccessFilter.PUBLIC).isPresent() && !PROXIED.contains(request.path())
            ? Mono.justOrEmpty(page(request)).map(page -> r -> page)
            : Mono.empty();
  }

  private Optional<Mono<ServerResponse>> page(ServerRequest request) {
    String path = request.path();
    if (path.equals(DOCS)) {
      return Optional.of(ServerResponse.permanentRedirect(URI.create("docs/")).build());
    }
    if (path.startsWith("/docs/ui/")) {
      return file(swaggerUi, path.substring("/docs/ui/".length()), A_DAY);
    }
    if (path.equals("/docs/openapi/gateway")) {
      return file(docs, "gateway-openapi.json", ASK_EACH_TIME);
    }
    if (path.startsWith("/docs/")) {
      String name = path.substring("/docs/".length());
      return file(docs, name.isEmpty() ? INDEX : name, ASK_EACH_TIME);
    }
    if (path.startsWith(ASSETS)) {
      return file(console, path.substring(1), FOREVER);
    }
    Optional<Mono<ServerResponse>> file = file(console, path.substring(1), ASK_EACH_TIME);
    if (file.isPresent() || hasExtension(path)) {
      return file;
    }
    // A page of the console: it finds out itself which one.
    Optional<Mono<ServerResponse>> index = file(console, INDEX, ASK_EACH_TIME);
    return index.isEmpty() && path.equals("/")
        ? Optional.of(ServerResponse.temporaryRedirect(URI.create("docs/")).build())
        : index;
  }

  private static Optional<Mono<ServerResponse>> file(
      Resource root, String name, CacheControl cacheControl) {
    if (!hasExtension(name) || name.contains("..")) {
      return Optional.empty(); // no file, or a folder
    }
    try {
      Resource resource = root.createRelative(name);
      if (!resource.isReadable()) {
        return Optional.empty();
      }
      return Optional.of(
          ServerResponse.ok()
              .contentType(
                  MediaTypeFactory.getMediaType(name).orElse(MediaType.APPLICATION_OCTET_STREAM))
              .cacheControl(cacheControl)
              .bodyValue(resource));
    } catch (IOException e) {
      return Optional.empty(); // not a name that a file can have
    }
  }

  private static boolean hasExtension(String path) {
    return path.indexOf('.', path.lastIndexOf('/') + 1) >= 0;
  }

  private static Resource swaggerUi() {
    try {
      Resource[] found =
          new PathMatchingResourcePatternResolver()
              .getResources(
                  "classpath*:META-INF/resources/webjars/swagger-ui/*/swagger-ui-bundle.js");
      if (found.length == 0) {
        throw new IllegalStateException("swagger-ui: not on the class path (expected: its webjar)");
      }
      return found[0];
    } catch (IOException e) {
      throw new IllegalStateException("swagger-ui: not readable", e);
    }
  }
}
