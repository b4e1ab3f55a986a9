package io.aom.metrics.query.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aom.blockstore.Heads.Consistency;
import io.aom.metrics.promql.Durations;
import io.aom.metrics.promql.Parser;
import io.aom.metrics.promql.PromqlException;
import io.aom.metrics.query.MetricQueries.Answer;
import io.aom.metrics.query.Resolving;
import io.aom.metrics.series.LabelMatcher;
import io.aom.metrics.series.Labels;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import jakarta.servlet.http.HttpServletRequest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/**
 * Parameters as Prometheus takes them, from the query string or a form. Where both have one, those
 * of the form come first.
 */
final class PrometheusParameters {
  private final Map<String, List<String>> values;

  /**
   * @param values each name with one at least; those of a form first
   */
  PrometheusParameters(Map<String, List<String>> values) {
    this.values = values;
  }

  /** Those of a request, whose form is read if it has one. */
  static PrometheusParameters of(HttpServletRequest request) {
    Map<String, List<String>> values = new HashMap<>();
    request
        .getParameterMap()
        .forEach((name, all) -> values.put(name, new ArrayList<>(List.of(all))));
    if (request.getMethod().equals("POST") && request.getQueryString() != null) {
      // Those of the query string come first in the servlet's map.
      UriComponentsBuilder.newInstance()
          .query(request.getQueryString())
          .build()
          .getQueryParams()
          .forEach(
              (name, some) ->
                  values.computeIfPresent(
                      UriUtils.decode(name, UTF_8),
                      (same, all) -> {
                        Collections.rotate(all, -some.size());
                        return all;
                      }));
    }
    return new PrometheusParameters(values);
  }

  /** Hands them to controllers. */
  static final class Resolver implements HandlerMethodArgumentResolver {
    @Override
    public boolean supportsParameter(MethodParameter parameter) {
      return parameter.getParameterType() == PrometheusParameters.class;
    }

    @Override
    public Object resolveArgument(
        MethodParameter parameter,
        @Nullable ModelAndViewContainer container,
        NativeWebRequest request,
        @Nullable WebDataBinderFactory binders) {
      return of(Objects.requireNonNull(request.getNativeRequest(HttpServletRequest.class)));
    }
  }

  static RejectedException invalid(String name, String why) {
    return new RejectedException(Problem.BAD_REQUEST, "invalid parameter \"" + name + "\": " + why);
  }

  @Nullable String find(String name) {
    List<String> all = values.get(name);
    return all == null || all.getFirst().isEmpty() ? null : all.getFirst();
  }

  String query() {
    String query = find("query");
    if (query == null) {
      throw invalid("query", "missing (expected: a PromQL expression)");
    }
    return query;
  }

  long requiredTime(String name) {
    String text = find(name);
    if (text == null) {
      throw invalid(name, "missing (expected: seconds since 1970, or RFC 3339)");
    }
    return time(name, text);
  }

  long time(String name, long otherwise) {
    String text = find(name);
    return text == null ? otherwise : time(name, text);
  }

  /** Epoch milliseconds from seconds with a fraction, or RFC 3339. */
  private static long time(String name, String text) {
    Double seconds = number(text);
    try {
      double millis =
          seconds == null
              ? OffsetDateTime.parse(text).toInstant().toEpochMilli()
              : Math.rint(seconds * 1000);
      if (Math.abs(millis) < 4e15) {
        return (long) millis;
      }
    } catch (DateTimeException | ArithmeticException e) {
      throw notATime(name, text);
    }
    throw notATime(name, text);
  }

  private static RejectedException notATime(String name, String text) {
    return invalid(name, "cannot parse " + Labels.quote(text) + " to a valid timestamp");
  }

  private static @Nullable Double number(String text) {
    char last = text.charAt(text.length() - 1);
    if (last < '0' || last > '9') {
      if (last != '.') {
        return null;
      }
    }
    try {
      return Double.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  @Nullable Duration duration(String name) {
    String text = find(name);
    if (text == null) {
      return null;
    }
    Double seconds = number(text);
    long millis;
    if (seconds != null) {
      if (!(Math.abs(seconds) < 9e12)) {
        throw invalid(name, "cannot parse " + Labels.quote(text) + " to a valid duration");
      }
      millis = (long) (seconds * 1000);
    } else {
      millis = Durations.parseMillis(text);
      if (millis < 0) {
        throw invalid(name, "cannot parse " + Labels.quote(text) + " to a valid duration");
      }
    }
    return Duration.ofMillis(millis);
  }

  int limit() {
    String text = find("limit");
    if (text == null) {
      return 0;
    }
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 0) {
        return limit;
      }
    } catch (NumberFormatException e) {
      throw invalid("limit", "cannot parse " + Labels.quote(text) + " to a number");
    }
    throw invalid("limit", "limit must be non-negative");
  }

  /** A whole number, of either sign. */
  int number(String name, int otherwise) {
    String text = find(name);
    try {
      return text == null ? otherwise : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw invalid(name, "cannot parse " + Labels.quote(text) + " to a number");
    }
  }

  Consistency consistency() {
    String text = find("consistency");
    if (text == null || text.equals("eventual")) {
      return Consistency.EVENTUAL;
    }
    if (text.equals("strong")) {
      return Consistency.STRONG;
    }
    throw invalid("consistency", text + " (expected: strong or eventual)");
  }

  Resolving resolution() {
    String text = find("resolution");
    Resolving resolution = text == null ? Resolving.AUTO : Resolving.find(text);
    if (resolution == null) {
      throw invalid("resolution", text + " (expected: auto, raw, 5m or 1h)");
    }
    return resolution;
  }

  /**
   * The answer, if it is whole or the caller takes what there is: {@code partial_response=true}.
   *
   * @throws RejectedException with 503 if it is not
   */
  <T> Answer<T> whole(Answer<T> answer) {
    String text = find("partial_response");
    if (text != null && !text.equals("true") && !text.equals("false")) {
      throw invalid("partial_response", text + " (expected: true or false)");
    }
    if (!answer.missing().isEmpty() && !"true".equals(text)) {
      throw new RejectedException(
          Problem.UNAVAILABLE,
          "the answer would lack "
              + String.join("; ", answer.missing())
              + " (expected: soon; partial_response=true takes what there is)");
    }
    return answer;
  }

  List<List<LabelMatcher>> selectors() {
    List<List<LabelMatcher>> selectors = new ArrayList<>();
    for (String text : values.getOrDefault("match[]", List.of())) {
      try {
        selectors.add(Parser.parseSelector(text));
      } catch (PromqlException e) {
        throw invalid("match[]", String.valueOf(e.getMessage()));
      }
    }
    return selectors;
  }
}
