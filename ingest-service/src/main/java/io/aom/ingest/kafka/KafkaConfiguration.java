package io.aom.ingest.kafka;

import io.aom.ingest.IngestSettings;
import io.aom.service.kafka.KafkaProperties;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The producer, the topics, and readiness, which waits for both. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(KafkaProperties.class)
public class KafkaConfiguration {
  @Bean(initMethod = "start", destroyMethod = "close")
  TopicLayout topicLayout(KafkaProperties settings) {
    return new TopicLayout(settings);
  }

  @Bean(destroyMethod = "")
  Producer<byte[], byte[]> producer(KafkaProperties kafka, IngestSettings settings) {
    return new KafkaProducer<>(
        producerConfig(kafka, settings), new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Bean
  ProducerCloser producerCloser(Producer<byte[], byte[]> producer) {
    return new ProducerCloser(producer);
  }

  @Bean
  KafkaRecordSink recordSink(
      Producer<byte[], byte[]> producer, TopicLayout topics, IngestSettings settings) {
    return new KafkaRecordSink(producer, topics, settings.storePatience(), settings.storeTimeout());
  }

  /** Named in the readiness group: no traffic before the topics are known. */
  @Bean
  HealthIndicator topicsHealthIndicator(TopicLayout topics) {
    return () -> topics.isReady() ? Health.up().build() : Health.outOfService().build();
  }

  static Map<String, Object> producerConfig(KafkaProperties kafka, IngestSettings settings) {
    Map<String, Object> config = new HashMap<>();
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
    config.put(ProducerConfig.CLIENT_ID_CONFIG, "aom-ingest");
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    // What comes while a request is on its way goes together anyway. Waiting for more made each
    // request slower and, with few clients, cost more than it saved (docs/benchmarks.md).
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, 512 * 1024);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 2 * 1024 * 1024);
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, settings.producerBuffer().toBytes());
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 100);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) settings.storeTimeout().toMillis());
    config.put(ProducerConfig.RECONNECT_BACKOFF_MS_CONFIG, 50);
    config.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
    return config;
  }

  /** Gives records on their way a moment to arrive when the service stops. */
  record ProducerCloser(Producer<byte[], byte[]> producer) implements AutoCloseable {
    @Override
    public void close() {
      producer.close(Duration.ofSeconds(5));
    }
  }
}
