package io.aom.gateway;

import io.aom.opensearch.OpenSearchSettings;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where OpenSearch is, in which keys and tenants are kept.
 *
 * @param urls addresses of its nodes
 * @param username basic authentication; null for none
 * @param replicas copies of each shard besides the first
 */
@ConfigurationProperties("aom.opensearch")
record OpenSearchProperties(
    @DefaultValue("http://127.0.0.1:9200") List<URI> urls,
    @Nullable String username,
    @Nullable String password,
    @DefaultValue("0") int replicas) {

  OpenSearchSettings settings() {
    return new OpenSearchSettings(urls, username, password, replicas);
  }

  @Override
  public String toString() {
    return "OpenSearchProperties[urls=" + urls + ", username=" + username + "]";
  }
}
