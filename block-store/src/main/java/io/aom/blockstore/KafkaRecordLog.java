package io.aom.blockstore;

import io.aom.telemetry.RecordHeaders;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log in Kafka. Partitions are taken with {@code assign}, so no rebalance ever moves one. */
final class KafkaRecordLog implements RecordLog {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaRecordLog.class);
  private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(10);

  /** Kafka does not tell who reads a topic that it is another one now. */
  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

  private static final Duration LOOK_SOON = Duration.ofMillis(200);

  private final String topic;
  private final String topicId;
  private final int partitionCount;
  private final Admin admin;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> deadLetters;

  // Of the reading thread.
  private @Nullable CompletableFuture<TopicDescription> look;
  private long lookedNanos = System.nanoTime();
  private boolean soon = true;
  private boolean madeAnew;
  private final SureOffsets sure = new SureOffsets();

  private KafkaRecordLog(
      TopicDescription description,
      Admin admin,
      KafkaConsumer<byte[], byte[]> consumer,
      KafkaProducer<byte[], byte[]> deadLetters) {
    this.topic = description.name();
    this.topicId = description.topicId().toString();
    this.partitionCount = description.partitions().size();
    this.admin = admin;
    this.consumer = consumer;
    this.deadLetters = deadLetters;
  }

  /**
   * Opens the log.
   *
   * @param group name under which {@link #commit} leaves its marks
   * @throws KafkaException if Kafka does not answer or does not have the topic (yet)
   */
  static KafkaRecordLog open(String bootstrapServers, String topic, String group) {
    Admin admin =
        Admin.create(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                "request.timeout.ms",
                (int) ADMIN_TIMEOUT.toMillis() / 2,
                "default.api.timeout.ms",
                (int) ADMIN_TIMEOUT.toMillis()));
    try {
      return new KafkaRecordLog(
          await(describe(admin, topic)),
          admin,
          new KafkaConsumer<>(
              consumerSettings(bootstrapServers, group),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer()),
          new KafkaProducer<>(
              Map.of(
                  ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                  bootstrapServers,
                  ProducerConfig.ACKS_CONFIG,
                  "all",
                  ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                  true,
                  ProducerConfig.BUFFER_MEMORY_CONFIG,
                  8 << 20,
                  ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                  4 << 20,
                  ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                  10_000,
                  ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                  5_000,
                  ProducerConfig.MAX_BLOCK_MS_CONFIG,
                  5_000),
              new ByteArraySerializer(),
              new ByteArraySerializer()));
    } catch (RuntimeException e) {
      admin.close(Duration.ZERO);
      throw e;
    }
  }

  private static CompletableFuture<TopicDescription> describe(Admin admin, String topic) {
    return admin
        .describeTopics(List.of(topic))
        .allTopicNames()
        .toCompletionStage()
        .thenApply(found -> found.values().iterator().next())
        .toCompletableFuture();
  }

  private static Map<String, Object> consumerSettings(String bootstrapServers, String group) {
    Map<String, Object> settings = new HashMap<>();
    settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // Where to start is known from the blocks; an offset that is gone must be seen, not papered
    // over.
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 << 20);
    settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 4 << 20);
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 500);
    // Nothing is late for it: Kafka answers as soon as there is a record.
    settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 2_000);
    settings.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    return settings;
  }

  @Override
  public String topicId() {
    return topicId;
  }

  @Override
  public boolean madeAnew() {
    if (madeAnew) {
      return true; // It does not come back.
    }
    CompletableFuture<TopicDescription> asked = look;
    if (asked == null) {
      Duration after = soon ? LOOK_SOON : LOOK_EVERY;
      if (System.nanoTime() - lookedNanos >= after.toNanos()) {
        soon = false;
        sure.lookBegins();
        look = describe(admin, topic);
      }
    } else if (asked.isDone()) {
      look = null;
      lookedNanos = System.nanoTime();
      // If Kafka does not answer, or has no such topic now, there is none to go over to. Nor is
      // anything sure then: the broker that was asked may know less than the one that was read.
      if (!asked.isCompletedExceptionally()) {
        madeAnew = !asked.join().topicId().toString().equals(topicId);
        if (!madeAnew) {
          sure.foundTheSame();
        }
      }
    }
    return madeAnew;
  }

  @Override
  public long sureTo(int partition) {
    return sure.to(partition);
  }

  @Override
  public void lookSoon() {
    soon = true;
  }

  @Override
  public int partitionCount() {
    return partitionCount;
  }

  @Override
  public void assign(Map<Integer, Long> from) {
    consumer.assign(from.keySet().stream().map(this::at).toList());
    sure.begin();
    from.forEach(this::seek);
  }

  @Override
  public void seek(int partition, long offset) {
    consumer.seek(at(partition), offset);
    sure.goOn(partition, offset);
  }

  @Override
  public List<LogRecord> poll(Duration timeout) throws OffsetGoneException {
    ConsumerRecords<byte[], byte[]> polled;
    try {
      polled = consumer.poll(timeout);
    } catch (OffsetOutOfRangeException e) {
      throw new OffsetGoneException(
          e.offsetOutOfRangePartitions().keySet().stream()
              .map(TopicPartition::partition)
              .collect(Collectors.toSet()),
          e);
    }
    List<LogRecord> records = new ArrayList<>(polled.count());
    for (ConsumerRecord<byte[], byte[]> record : polled) {
      records.add(read(record));
      sure.read(record.partition(), record.offset() + 1);
    }
    return records;
  }

  private static LogRecord read(ConsumerRecord<byte[], byte[]> record) {
    Headers headers = record.headers();
    byte[] tenant = value(headers, RecordHeaders.TENANT);
    byte[] items = value(headers, RecordHeaders.ITEMS);
    byte[] received = value(headers, RecordHeaders.RECEIVED);
    byte[] request = value(headers, RecordHeaders.REQUEST);
    return new LogRecord(
        record.partition(),
        record.offset(),
        tenant == null ? null : tenant(tenant),
        items == null || items.length != 4 ? -1 : Math.max(-1, ByteBuffer.wrap(items).getInt()),
        request == null ? null : RequestDigest.of(request),
        received == null || received.length != 8
            ? record.timestamp()
            : ByteBuffer.wrap(received).getLong(),
        record.value() == null ? new byte[0] : record.value());
  }

  private static byte @Nullable [] value(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null ? null : header.value();
  }

  private static @Nullable TenantId tenant(byte[] name) {
    try {
      return new TenantId(new String(name, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return null; // The keeper sends the record to the dead letters and says why.
    }
  }

  @Override
  public void pause(boolean paused) {
    if (paused) {
      consumer.pause(consumer.assignment());
    } else {
      consumer.resume(consumer.paused());
    }
  }

  @Override
  public long lag(int partition) {
    OptionalLong lag = consumer.currentLag(at(partition));
    return lag.orElse(-1);
  }

  @Override
  public Map<Integer, Long> endOffsets(Collection<Integer> partitions) {
    return offsets(partitions, OffsetSpec.latest());
  }

  @Override
  public long beginningOffset(int partition) {
    return offsets(List.of(partition), OffsetSpec.earliest()).getOrDefault(partition, 0L);
  }

  private Map<Integer, Long> offsets(Collection<Integer> partitions, OffsetSpec which) {
    Map<TopicPartition, OffsetSpec> asked =
        partitions.stream().collect(Collectors.toMap(this::at, partition -> which));
    Map<TopicPartition, ListOffsetsResultInfo> answer = await(admin.listOffsets(asked).all());
    return answer.entrySet().stream()
        .collect(
            Collectors.toMap(
                entry -> entry.getKey().partition(), entry -> entry.getValue().offset()));
  }

  @Override
  public void commit(Map<Integer, Long> stored) {
    Map<TopicPartition, OffsetAndMetadata> offsets =
        stored.entrySet().stream()
            .collect(
                Collectors.toMap(
                    entry -> at(entry.getKey()), entry -> new OffsetAndMetadata(entry.getValue())));
    consumer.commitAsync(
        offsets,
        (committed, failure) -> {
          if (failure != null) {
            LOG.debug("offsets not committed topic={}", topic, failure);
          }
        });
  }

  @Override
  public void deadLetter(LogRecord record, String reason) {
    ProducerRecord<byte[], byte[]> dead = new ProducerRecord<>(Topics.DEAD_LETTERS, record.value());
    TenantId tenant = record.tenant();
    if (tenant != null) {
      header(dead, RecordHeaders.TENANT, tenant.value());
    }
    header(dead, RecordHeaders.DEAD_REASON, reason);
    header(
        dead, RecordHeaders.DEAD_ORIGIN, topic + "/" + record.partition() + "/" + record.offset());
    await(deadLetters.send(dead));
  }

  private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
    record.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private TopicPartition at(int partition) {
    return new TopicPartition(topic, partition);
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.get(ADMIN_TIMEOUT.toMillis() + 1_000, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new KafkaException(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw new KafkaException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException(e);
    }
  }

  private static <T> T await(KafkaFuture<T> future) {
    return await(future.toCompletionStage().toCompletableFuture());
  }

  @Override
  public void close() {
    consumer.close(CloseOptions.timeout(Duration.ofSeconds(2)));
    deadLetters.close(Duration.ofSeconds(2));
    admin.close(Duration.ofSeconds(2));
  }
}
