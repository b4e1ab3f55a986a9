package io.aom.topology.span;

import java.util.Comparator;

/**
 * Which service a span is from.
 *
 * @param namespace the resource's {@code service.namespace}; empty if it has none
 * @param name its {@code service.name}; {@link #UNKNOWN} if it has none
 */
public record ServiceName(String namespace, String name) implements Comparable<ServiceName> {
  /** What OpenTelemetry's SDKs call a service without a name. */
  public static final String UNKNOWN = "unknown_service";

  private static final Comparator<ServiceName> ORDER =
      Comparator.comparing(ServiceName::name).thenComparing(ServiceName::namespace);

  /** The name, with its namespace before it where it has one; names the service in the graph. */
  public String id() {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }

  /** Whether a caller who wrote {@code text} may mean this service: its name or its id. */
  public boolean answersTo(String text) {
    return text.equals(name) || (!namespace.isEmpty() && text.equals(id()));
  }

  @Override
  public int compareTo(ServiceName other) {
    return ORDER.compare(this, other);
  }
}
