package io.aom.bench.rig;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A running system and how it is reached.
 *
 * @param url without a slash at its end
 * @param authorization value of the header of that name
 * @param processes the system's processes by name; their descendants count too
 */
public record Server(
    String name, URI url, Optional<String> authorization, Map<String, Long> processes) {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  public Set<Long> pids() {
    return Set.copyOf(processes.values());
  }

  /** A request to a path, perhaps with a query behind it. */
  public HttpRequest.Builder request(String path) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT);
    authorization.ifPresent(value -> builder.header("Authorization", value));
    return builder;
  }
}
