package io.aom.ingest.ledger;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the services are that store what ingest has taken.
 *
 * @param metrics base URL of the metrics service
 * @param log base URL of the log service
 * @param topology base URL of the topology service
 */
@ConfigurationProperties("aom.services")
record ServicesProperties(
    @DefaultValue("http://127.0.0.1:8082") URI metrics,
    @DefaultValue("http://127.0.0.1:8083") URI log,
    @DefaultValue("http://127.0.0.1:8084") URI topology) {}
