package io.aom.gateway.upstream;

import java.net.URI;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** Base URLs of the services; {@code http}, a host, a port, no path. */
@ConfigurationProperties("aom.services")
public record ServiceAddresses(
    @DefaultValue("http://127.0.0.1:8081") URI ingest,
    @DefaultValue("http://127.0.0.1:8082") URI metrics,
    @DefaultValue("http://127.0.0.1:8083") URI log,
    @DefaultValue("http://127.0.0.1:8084") URI topology,
    @DefaultValue("http://127.0.0.1:8085") URI alarm) {
  public ServiceAddresses {
    Map.of("ingest", ingest, "metrics", metrics, "log", log, "topology", topology, "alarm", alarm)
        .forEach(ServiceAddresses::check);
  }

  /** Where {@code service} is. */
  public URI of(Service service) {
    return switch (service) {
      case INGEST -> ingest;
      case METRICS -> metrics;
      case LOG -> log;
      case TOPOLOGY -> topology;
      case ALARM -> alarm;
    };
  }

  private static void check(String name, URI url) {
    if (url.getHost() == null || url.getScheme() == null || !url.getScheme().startsWith("http")) {
      throw new IllegalArgumentException(
          "aom.services." + name + ": " + url + " (expected: http://host:port)");
    }
  }
}
