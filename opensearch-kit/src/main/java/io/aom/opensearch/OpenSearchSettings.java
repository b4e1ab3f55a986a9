package io.aom.opensearch;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where OpenSearch is.
 *
 * @param urls {@code http} or {@code https} addresses of its nodes, at least one
 * @param username basic authentication; null for none
 * @param replicas copies of each shard besides the first; 0 on a single node
 */
public record OpenSearchSettings(
    List<URI> urls, @Nullable String username, @Nullable String password, int replicas) {
  public OpenSearchSettings {
    urls = List.copyOf(urls);
    if (urls.isEmpty()) {
      throw new IllegalArgumentException("urls: none (expected: at least one)");
    }
    if (replicas < 0) {
      throw new IllegalArgumentException("replicas: " + replicas + " (expected: at least 0)");
    }
  }

  @Override
  public String toString() {
    return "OpenSearchSettings[urls="
        + urls
        + ", username="
        + username
        + ", replicas="
        + replicas
        + "]";
  }
}
