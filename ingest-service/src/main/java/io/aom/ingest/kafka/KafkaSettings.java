package io.aom.ingest.kafka;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where Kafka is and how the topics are made that do not exist yet.
 *
 * @param bootstrapServers {@code host:port}, several with commas
 * @param partitions of each of the topics for metrics, logs and spans
 * @param replicationFactor of every topic
 */
@ConfigurationProperties("aom.kafka")
public record KafkaSettings(
    @DefaultValue("127.0.0.1:9092") String bootstrapServers,
    @DefaultValue("4") int partitions,
    @DefaultValue("1") short replicationFactor) {
  public KafkaSettings {
    if (bootstrapServers.isBlank()) {
      throw new IllegalArgumentException(
          "aom.kafka.bootstrap-servers: empty (expected: host:port,...)");
    }
    if (partitions < 1 || partitions > 1024) {
      throw new IllegalArgumentException(
          "aom.kafka.partitions: " + partitions + " (expected: 1 to 1024)");
    }
    if (replicationFactor < 1) {
      throw new IllegalArgumentException(
          "aom.kafka.replication-factor: " + replicationFactor + " (expected: >= 1)");
    }
  }
}
