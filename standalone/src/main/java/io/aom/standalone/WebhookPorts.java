package io.aom.standalone;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Ports of loopback to which alarms may send webhooks. None unless the person who starts AOM names
 * them, since AOM's own stores listen there without a password.
 *
 * @param ports as they were named
 */
record WebhookPorts(Set<Integer> ports) {
  static final WebhookPorts NONE = new WebhookPorts(Set.of());

  private static final String VARIABLE = "AOM_WEBHOOK_PORTS";
  private static final int MAX_PORT = 65_535;

  /** From {@code AOM_WEBHOOK_PORTS}, as in {@code 5001,5002}. */
  static WebhookPorts from(Map<String, String> environment) throws UsageException {
    String text = environment.getOrDefault(VARIABLE, "").strip();
    Set<Integer> ports = new TreeSet<>();
    for (String port : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      ports.add(parse(port.strip()));
    }
    return new WebhookPorts(Set.copyOf(ports));
  }

  /** Throws if one is a port that AOM itself listens on. */
  void checkAgainst(PortPlan own) throws UsageException {
    for (int port : new TreeSet<>(ports)) {
      if (own.all().contains(port)) {
        throw new UsageException(
            VARIABLE + ": " + port + " is a port of AOM itself (expected: ports of receivers)");
      }
    }
  }

  /** As settings take a list. */
  String text() {
    return new TreeSet<>(ports).stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static int parse(String text) throws UsageException {
    if (text.matches("[0-9]{1,5}")) {
      int port = Integer.parseInt(text);
      if (port > 0 && port <= MAX_PORT) {
        return port;
      }
    }
    throw new UsageException(VARIABLE + ": " + text + " (expected: ports like 5001,5002)");
  }
}
