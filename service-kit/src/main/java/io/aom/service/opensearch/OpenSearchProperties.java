package io.aom.service.opensearch;

import io.aom.opensearch.OpenSearchSettings;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where OpenSearch is.
 *
 * @param urls addresses of its nodes
 * @param username for basic authentication; none if empty
 * @param password for basic authentication
 * @param replicas copies of each shard besides the first; 0 on a single node
 */
@ConfigurationProperties("aom.opensearch")
public record OpenSearchProperties(
    @DefaultValue("http://127.0.0.1:9200") List<URI> urls,
    @Nullable String username,
    @Nullable String password,
    @DefaultValue("0") int replicas) {

  OpenSearchSettings settings() {
    boolean anonymous = username == null || username.isEmpty();
    return new OpenSearchSettings(urls, anonymous ? null : username, password, replicas);
  }

  @Override
  public String toString() {
    return settings().toString();
  }
}
