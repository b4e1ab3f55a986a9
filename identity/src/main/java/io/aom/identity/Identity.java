package io.aom.identity;

import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import java.util.Map;
import java.util.Set;

/**
 * The caller of one request, as the gateway (or a service calling another) has stated it.
 *
 * @param subject id of the key or name of the user or service; 1 to 128 characters
 * @param tenant whose data the caller sees and writes
 * @param roles at least one
 */
public record Identity(String subject, TenantId tenant, Set<Role> roles) {
  public Identity {
    if (subject.isBlank() || subject.length() > 128) {
      throw new IllegalArgumentException(
          "subject: " + subject.length() + " characters (expected: 1..128, not blank)");
    }
    if (roles.isEmpty()) {
      throw new IllegalArgumentException("roles: none (expected: at least one)");
    }
    roles = Set.copyOf(roles);
  }

  /** A service of AOM acting for {@code tenant}; it may use {@code /internal/**} and read. */
  public static Identity ofService(String service, TenantId tenant) {
    return new Identity(service, tenant, Set.of(Role.SERVICE, Role.VIEWER));
  }

  /** Whether the caller may do what {@code role} may do. */
  public boolean has(Role role) {
    return role.heldBy(roles);
  }

  /**
   * Does nothing for a caller that may do what {@code role} may do.
   *
   * @throws RejectedException ({@link IdentityProblem#FORBIDDEN}) for any other
   */
  public void require(Role role) {
    if (!has(role)) {
      throw new RejectedException(
          IdentityProblem.FORBIDDEN,
          "role: " + names() + " (expected: " + role.wireName() + ")",
          Map.of("required", role.wireName()));
    }
  }

  private String names() {
    return String.join(",", roles.stream().sorted().map(Role::wireName).toList());
  }
}
