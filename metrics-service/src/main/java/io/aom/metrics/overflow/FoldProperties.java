package io.aom.metrics.overflow;

import io.aom.telemetry.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When series are folded. All members of metrics-service should have the same.
 *
 * @param values how many values of a label of a metric get series of their own in each partition; 0
 *     for no bound
 * @param tenants the same of single tenants, by name
 * @param forget how long a value keeps its place, and a folded series its last value, once no
 *     sample comes any more
 * @param keep labels that are never folded, besides {@code __name__}, {@code le}, {@code quantile},
 *     {@code job} and {@code instance}
 */
@ConfigurationProperties("aom.metrics.fold")
public record FoldProperties(
    @DefaultValue("50000") int values,
    @DefaultValue Map<String, Integer> tenants,
    @DefaultValue("6h") Duration forget,
    @DefaultValue({
          "service_name",
          "service_namespace",
          "service_instance_id",
          "host_name",
          "k8s_cluster_name",
          "k8s_namespace_name",
          "k8s_node_name",
          "k8s_pod_name",
          "namespace",
          "node",
          "pod"
        })
        List<String> keep) {

  /** Nothing is folded. */
  public static final FoldProperties OFF =
      new FoldProperties(0, Map.of(), Duration.ofHours(6), List.of());

  public FoldProperties {
    tenants = Map.copyOf(tenants);
    keep = List.copyOf(keep);
    notNegative("values", values);
    tenants.forEach((tenant, own) -> notNegative("tenants." + new TenantId(tenant), own));
    if (forget.compareTo(Duration.ofMinutes(10)) < 0 || forget.compareTo(Duration.ofDays(30)) > 0) {
      throw new IllegalArgumentException(
          "aom.metrics.fold.forget: " + forget + " (expected: 10m to 30d)");
    }
  }

  private static void notNegative(String name, int values) {
    if (values < 0) {
      throw new IllegalArgumentException(
          "aom.metrics.fold." + name + ": " + values + " (expected: >= 0)");
    }
  }

  /** Values that a label of a metric of the tenant may have in a partition; 0 for no bound. */
  int of(TenantId tenant) {
    return tenants.getOrDefault(tenant.value(), values);
  }
}
