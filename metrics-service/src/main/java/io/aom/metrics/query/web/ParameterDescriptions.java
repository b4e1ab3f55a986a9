package io.aom.metrics.query.web;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.QueryParameter;
import java.util.Map;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.web.method.HandlerMethod;

/**
 * Describes what {@link PrometheusParameters} reads, which no signature shows, where a method says
 * that it {@link Takes} it.
 */
final class ParameterDescriptions implements OperationCustomizer {
  private static final Map<String, String> DESCRIPTIONS =
      Map.ofEntries(
          Map.entry("query", "PromQL expression"),
          Map.entry("time", "seconds since 1970, or RFC 3339; now if absent"),
          Map.entry("start", "seconds since 1970, or RFC 3339"),
          Map.entry("end", "seconds since 1970, or RFC 3339; now if absent, of exemplars none"),
          Map.entry("step", "between two points: seconds, or a duration such as 30s"),
          Map.entry("timeout", "a shorter time for the query than the server's: 10s, say"),
          Map.entry(
              "lookback_delta",
              "how old a sample may be that counts as now: 5m, say; the usual if 0"),
          Map.entry("limit", "most series or values to answer with; all if 0"),
          Map.entry("limit_per_metric", "most descriptions of one metric; all if 0 or less"),
          Map.entry("metric", "name of the one metric to describe"),
          Map.entry("match[]", "selector of series, may be repeated"),
          Map.entry("stats", "any value: the answer says what the query took"),
          Map.entry("resolution", "of samples to use: auto, raw, 5m or 1h"),
          Map.entry("consistency", "strong waits for all that was acknowledged; or eventual"),
          Map.entry("partial_response", "true takes what there is while members are away"));

  static {
    SpringDocUtils.getConfig().addRequestWrapperToIgnore(PrometheusParameters.class, Reply.class);
  }

  @Override
  public Operation customize(Operation operation, HandlerMethod method) {
    Takes takes = method.getMethodAnnotation(Takes.class);
    if (takes != null) {
      for (String name : takes.required()) {
        operation.addParametersItem(parameter(name).required(true));
      }
      for (String name : takes.value()) {
        operation.addParametersItem(parameter(name));
      }
    }
    return operation;
  }

  private static Parameter parameter(String name) {
    String description = DESCRIPTIONS.get(name);
    if (description == null) {
      throw new IllegalArgumentException("parameter " + name + ": not described");
    }
    return new QueryParameter()
        .name(name)
        .description(description)
        .schema(
            name.endsWith("[]") ? new ArraySchema().items(new StringSchema()) : new StringSchema());
  }
}
