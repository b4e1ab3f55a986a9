package io.aom.gateway.access;

import io.aom.gateway.upstream.Service;
import io.aom.identity.Role;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * A path of the API besides telemetry, and who may use it. What is not listed is not there.
 *
 * @param methods {@code HEAD} goes with {@code GET}
 * @param role the role that it needs; null if any will do
 * @param service where it goes; null if the gateway answers itself
 */
public record ApiRoute(
    PathPattern path,
    Set<HttpMethod> methods,
    @Nullable Role role,
    @Nullable Service service,
    Envelope envelope) {

  private static final Set<HttpMethod> READ = Set.of(HttpMethod.GET, HttpMethod.HEAD);
  private static final Set<HttpMethod> READ_OR_FORM =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST);
  private static final Set<HttpMethod> CHANGE =
      Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

  private static final List<ApiRoute> AOM =
      List.of(
          own("/api/v1/whoami", READ, null),
          own("/api/v1/endpoints", READ, null),
          own("/api/v1/keys", READ, Role.ADMIN),
          own("/api/v1/keys", Set.of(HttpMethod.POST), Role.ADMIN),
          own("/api/v1/keys/{id}", Set.of(HttpMethod.DELETE), Role.ADMIN),
          own("/api/v1/tenants", READ, Role.ADMIN),
          own("/api/v1/tenants", Set.of(HttpMethod.POST), Role.ADMIN),
          own("/api/v1/tenants/{id}", Set.of(HttpMethod.DELETE), Role.ADMIN),
          to(Service.INGEST, "/api/v1/ledger", READ, Role.VIEWER),
          to(Service.METRICS, "/api/v1/cardinality", READ, Role.VIEWER),
          to(Service.METRICS, "/api/v1/recording-rules", READ, Role.VIEWER),
          to(Service.METRICS, "/api/v1/recording-rules", Set.of(HttpMethod.POST), Role.EDITOR),
          to(Service.METRICS, "/api/v1/recording-rules/{id}", READ, Role.VIEWER),
          to(Service.METRICS, "/api/v1/recording-rules/{id}", CHANGE, Role.EDITOR),
          to(Service.METRICS, "/api/v1/retention", READ, Role.ADMIN),
          to(Service.METRICS, "/api/v1/retention", Set.of(HttpMethod.PUT), Role.ADMIN),
          to(Service.LOG, "/api/v1/logs/{what}", READ_OR_FORM, Role.VIEWER),
          to(Service.TOPOLOGY, "/api/v1/traces", READ, Role.VIEWER),
          to(Service.TOPOLOGY, "/api/v1/traces/{id}", READ, Role.VIEWER),
          to(Service.TOPOLOGY, "/api/v1/services", READ, Role.VIEWER),
          to(Service.TOPOLOGY, "/api/v1/topology", READ, Role.VIEWER),
          to(Service.TOPOLOGY, "/api/v1/spans/count", READ, Role.VIEWER),
          to(Service.ALARM, "/api/v1/alarm-rules", READ, Role.VIEWER),
          to(Service.ALARM, "/api/v1/alarm-rules", Set.of(HttpMethod.POST), Role.EDITOR),
          to(Service.ALARM, "/api/v1/alarm-rules/{id}", READ, Role.VIEWER),
          to(Service.ALARM, "/api/v1/alarm-rules/{id}", CHANGE, Role.EDITOR),
          to(Service.ALARM, "/api/v1/alarms", READ, Role.VIEWER),
          to(Service.ALARM, "/api/v1/alarms/{id}", READ, Role.VIEWER));

  /** The whole table. */
  public static final List<ApiRoute> ALL = Stream.concat(AOM.stream(), prometheus()).toList();

  /** Prometheus's HTTP API, under its own path and below {@code /prometheus}. */
  private static Stream<ApiRoute> prometheus() {
    return Stream.of("/prometheus/api/v1/", "/api/v1/")
        .flatMap(
            prefix ->
                Stream.of(
                    prometheus(Service.METRICS, prefix + "query", READ_OR_FORM),
                    prometheus(Service.METRICS, prefix + "query_range", READ_OR_FORM),
                    prometheus(Service.METRICS, prefix + "query_exemplars", READ_OR_FORM),
                    prometheus(Service.METRICS, prefix + "series", READ_OR_FORM),
                    prometheus(Service.METRICS, prefix + "labels", READ_OR_FORM),
                    prometheus(Service.METRICS, prefix + "label/{name}/values", READ),
                    prometheus(Service.METRICS, prefix + "metadata", READ),
                    prometheus(Service.METRICS, prefix + "format_query", READ_OR_FORM),
                    prometheus(Service.METRICS, prefix + "parse_query", READ_OR_FORM),
                    prometheus(Service.METRICS, prefix + "read", Set.of(HttpMethod.POST)),
                    prometheus(Service.METRICS, prefix + "status/{what}", READ),
                    prometheus(Service.METRICS, prefix + "features", READ),
                    prometheus(Service.METRICS, prefix + "targets", READ),
                    prometheus(Service.METRICS, prefix + "alertmanagers", READ),
                    prometheus(Service.ALARM, prefix + "rules", READ),
                    prometheus(Service.ALARM, prefix + "alerts", READ)));
  }

  /** Whether a path is of the API, listed or not; such a path is never a page of the console. */
  public static boolean isApi(String path) {
    return isUnder(path, "/api")
        || isUnder(path, "/prometheus")
        || isUnder(path, "/otlp")
        || isUnder(path, "/v1")
        || isUnder(path, "/v3")
        || isUnder(path, "/internal");
  }

  /** Routes of that path, whatever the method; empty if it is none of the API. */
  public static List<ApiRoute> ofPath(PathContainer path) {
    return ALL.stream().filter(route -> route.path().matches(path)).toList();
  }

  private static boolean isUnder(String path, String root) {
    return path.startsWith(root)
        && (path.length() == root.length() || path.charAt(root.length()) == '/');
  }

  private static ApiRoute own(String path, Set<HttpMethod> methods, @Nullable Role role) {
    return new ApiRoute(pattern(path), methods, role, null, Envelope.PROBLEM);
  }

  private static ApiRoute to(Service service, String path, Set<HttpMethod> methods, Role role) {
    return new ApiRoute(pattern(path), methods, role, service, Envelope.PROBLEM);
  }

  private static ApiRoute prometheus(Service service, String path, Set<HttpMethod> methods) {
    return new ApiRoute(pattern(path), methods, Role.VIEWER, service, Envelope.PROMETHEUS);
  }

  private static PathPattern pattern(String path) {
    return PathPatternParser.defaultInstance.parse(path);
  }
}
