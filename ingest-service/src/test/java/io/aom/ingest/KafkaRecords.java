package io.aom.ingest;

import io.aom.telemetry.RecordHeaders;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What a topic holds, read to its present end. */
final class KafkaRecords {
  private KafkaRecords() {}

  static List<ConsumerRecord<byte[], byte[]>> of(
      String bootstrapServers, String topic, String tenant) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          if (tenant.isEmpty() || tenant.equals(text(record, RecordHeaders.TENANT))) {
            records.add(record);
          }
        }
      }
      return records;
    }
  }

  static String text(ConsumerRecord<?, ?> record, String header) {
    return new String(header(record, header), StandardCharsets.UTF_8);
  }

  static int items(ConsumerRecord<?, ?> record) {
    return ByteBuffer.wrap(header(record, RecordHeaders.ITEMS)).getInt();
  }

  static byte[] header(ConsumerRecord<?, ?> record, String header) {
    return record.headers().lastHeader(header).value();
  }
}
