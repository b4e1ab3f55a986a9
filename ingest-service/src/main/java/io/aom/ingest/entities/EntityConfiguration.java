package io.aom.ingest.entities;

import io.aom.ingest.IngestSettings;
import io.aom.telemetry.Topics;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** Publishing of resources. */
@Configuration(proxyBeanMethods = false)
public class EntityConfiguration {
  private static final JsonMapper JSON = JsonMapper.shared();

  @Bean
  ResourceWatch resourceWatch(Producer<byte[], byte[]> producer, IngestSettings settings) {
    return new ResourceWatch(
        (entity, onFailure) -> publish(producer, entity, onFailure),
        settings.entities().remembered(),
        settings.entities().repeatAfter());
  }

  private static void publish(
      Producer<byte[], byte[]> producer, Entity entity, Runnable onFailure) {
    byte[] key = (entity.tenant() + "/" + entity.id()).getBytes(StandardCharsets.UTF_8);
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(Topics.ENTITIES, key, JSON.writeValueAsBytes(entity));
    try {
      var _ =
          producer.send(
              record,
              (metadata, exception) -> {
                if (exception != null) {
                  onFailure.run();
                }
              });
    } catch (KafkaException | IllegalStateException e) {
      onFailure.run(); // the telemetry itself has arrived; the resource is published next time
    }
  }
}
