package io.aom.bench;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * A running system and how it is reached.
 *
 * @param url without a slash at its end
 * @param authorization value of the header of that name
 * @param pids the system's processes; their descendants count too
 */
record Server(String name, URI url, Optional<String> authorization, Set<Long> pids) {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** A request to a path, perhaps with a query behind it. */
  HttpRequest.Builder request(String path) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT);
    authorization.ifPresent(value -> builder.header("Authorization", value));
    return builder;
  }
}
