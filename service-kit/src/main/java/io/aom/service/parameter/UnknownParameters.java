package io.aom.service.parameter;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Holds callers of AOM's own APIs to the parameters that the controller's method names. Does not
 * concern an API of others that is served under its own path too (Prometheus, OTLP: their clients
 * send what this version need not know), nor a method that takes all parameters as a map, which
 * checks them itself.
 */
class UnknownParameters implements HandlerInterceptor {
  private final Map<Method, Optional<KnownParameters>> known = new ConcurrentHashMap<>();

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    String query = request.getQueryString();
    if (query != null
        && handler instanceof HandlerMethod method
        && request.getDispatcherType() == DispatcherType.REQUEST) {
      known
          .computeIfAbsent(method.getMethod(), _ -> known(method))
          .ifPresent(names -> names.check(names(query)));
    }
    return true;
  }

  /** Of the query alone: a form belongs to the body, which is not read here. */
  private static List<String> names(String query) {
    return Arrays.stream(query.split("&"))
        .filter(pair -> !pair.isEmpty())
        .map(pair -> decoded(pair.split("=", 2)[0]))
        .toList();
  }

  private static String decoded(String name) {
    try {
      return URLDecoder.decode(name, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return name; // Whatever it is meant to be, no parameter is called so.
    }
  }

  private static Optional<KnownParameters> known(HandlerMethod handler) {
    boolean own = mappings(handler).allMatch(path -> path.startsWith("/api/v1"));
    Parameter[] parameters = handler.getMethod().getParameters();
    if (!own || Arrays.stream(parameters).anyMatch(p -> Map.class.isAssignableFrom(p.getType()))) {
      return Optional.empty();
    }
    return Optional.of(
        KnownParameters.of(
            Arrays.stream(parameters)
                .filter(parameter -> parameter.isAnnotationPresent(RequestParam.class))
                .map(UnknownParameters::name)
                .toList()));
  }

  /** The paths of the controller, or else those of its method. */
  private static Stream<String> mappings(HandlerMethod handler) {
    return Stream.of(handler.getBeanType(), handler.getMethod())
        .map(mapped -> AnnotatedElementUtils.findMergedAnnotation(mapped, RequestMapping.class))
        .filter(mapping -> mapping != null && mapping.path().length > 0)
        .findFirst()
        .stream()
        .flatMap(mapping -> Arrays.stream(mapping.path()));
  }

  private static String name(Parameter parameter) {
    RequestParam named =
        Objects.requireNonNull(
            AnnotatedElementUtils.findMergedAnnotation(parameter, RequestParam.class));
    return named.name().isEmpty() ? parameter.getName() : named.name();
  }
}
