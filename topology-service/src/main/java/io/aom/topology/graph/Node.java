package io.aom.topology.graph;

import io.aom.topology.span.ServiceName;
import java.util.Comparator;
import java.util.Locale;

/**
 * What can call or be called: a service that sends spans, or something that the spans of others
 * speak of.
 *
 * @param namespace of a service; else empty
 */
public record Node(Type type, String namespace, String name) implements Comparable<Node> {
  /** Kinds of node, with the numbers they are stored by. */
  public enum Type {
    SERVICE(0),
    DATABASE(1),
    MESSAGING(2),
    EXTERNAL(3);

    private final int code;

    Type(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }

    /** The type stored as {@code code}; a number from the future is something external. */
    static Type of(int code) {
      for (Type type : values()) {
        if (type.code == code) {
          return type;
        }
      }
      return EXTERNAL;
    }
  }

  private static final Comparator<Node> ORDER =
      Comparator.comparing(Node::type).thenComparing(Node::name).thenComparing(Node::namespace);

  public static Node of(ServiceName service) {
    return new Node(Type.SERVICE, service.namespace(), service.name());
  }

  static Node virtual(Type type, String name) {
    return new Node(type, "", name);
  }

  /** Unique among nodes: a service's id as it stands, else the type, a colon and the name. */
  public String id() {
    if (type == Type.SERVICE) {
      return new ServiceName(namespace, name).id();
    }
    return type.name().toLowerCase(Locale.ROOT) + ":" + name;
  }

  @Override
  public int compareTo(Node other) {
    return ORDER.compare(this, other);
  }
}
