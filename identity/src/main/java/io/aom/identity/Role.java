package io.aom.identity;

import java.util.Locale;
import java.util.Set;

/** What a caller may do. A role holds the roles it {@linkplain #includes includes}. */
public enum Role {
  /** Writes telemetry, reads nothing. */
  AGENT,
  /** Reads. */
  VIEWER,
  /** Reads, and changes rules and dashboards. */
  EDITOR,
  /** Everything a person or an agent may do, and keys and tenants. */
  ADMIN,
  /** A service of AOM calling another one; never given to a key. */
  SERVICE;

  /** Whether a caller with this role may do what {@code needed} may do. */
  public boolean includes(Role needed) {
    return switch (this) {
      case AGENT -> needed == AGENT;
      case VIEWER -> needed == VIEWER;
      case EDITOR -> needed == EDITOR || needed == VIEWER;
      case ADMIN -> needed != SERVICE;
      case SERVICE -> needed == SERVICE;
    };
  }

  /** Whether any of {@code held} includes this role. */
  public boolean heldBy(Set<Role> held) {
    for (Role role : held) {
      if (role.includes(this)) {
        return true;
      }
    }
    return false;
  }

  /** The name on the wire: lower case. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The role with that {@linkplain #wireName() name}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Role parse(String wireName) {
    for (Role role : values()) {
      if (role.wireName().equals(wireName)) {
        return role;
      }
    }
    throw new IllegalArgumentException(
        "role: " + wireName + " (expected: agent, viewer, editor, admin or service)");
  }
}
