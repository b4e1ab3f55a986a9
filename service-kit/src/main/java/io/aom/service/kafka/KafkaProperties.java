package io.aom.service.kafka;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where Kafka is and how AOM's topics are made.
 *
 * @param bootstrapServers {@code host:port}, separated by commas
 * @param partitions of each telemetry topic; may grow, never shrink
 * @param replicationFactor copies of each partition
 */
@ConfigurationProperties("aom.kafka")
public record KafkaProperties(
    @DefaultValue("127.0.0.1:9092") String bootstrapServers,
    @DefaultValue("4") int partitions,
    @DefaultValue("1") short replicationFactor) {
  public KafkaProperties {
    if (partitions < 1 || replicationFactor < 1) {
      throw new IllegalArgumentException(
          "aom.kafka.partitions, replication-factor: "
              + partitions
              + ", "
              + replicationFactor
              + " (expected: at least 1)");
    }
  }
}
