package io.aom.ingest.kafka;

import io.aom.ingest.intake.Signal;
import io.aom.service.kafka.KafkaProperties;
import io.aom.telemetry.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the topics that are missing and learns how many partitions each has. Works in a thread of
 * its own until it has succeeded once, however long Kafka takes to come. Thread-safe.
 */
public final class TopicLayout implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TopicLayout.class);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 2_000;

  /** Room for a slice that does not compress, with its headers. */
  private static final String MAX_MESSAGE_BYTES = String.valueOf(2 * 1024 * 1024);

  private final KafkaProperties settings;
  private final Thread worker;
  private volatile Map<Signal, Integer> partitions = Map.of();
  private volatile boolean closed;
  private volatile @Nullable String waitingFor = "Kafka: not asked yet";

  public TopicLayout(KafkaProperties settings) {
    this.settings = settings;
    worker = Thread.ofVirtual().name("aom-topics").unstarted(this::work);
  }

  public void start() {
    worker.start();
  }

  /** How many partitions a signal's topic has; 0 until that is known. */
  public int partitions(Signal signal) {
    return partitions.getOrDefault(signal, 0);
  }

  public boolean isReady() {
    return !partitions.isEmpty();
  }

  /** What is still missing, in words; null once all topics are there. */
  public @Nullable String waitingFor() {
    return waitingFor;
  }

  @Override
  public void close() {
    closed = true;
    worker.interrupt();
  }

  private void work() {
    long pause = FIRST_PAUSE_MILLIS;
    boolean said = false;
    while (!closed) {
      try {
        partitions = learn();
        waitingFor = null;
        log.info("topics are there: partitions {}", partitions);
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (ExecutionException | TimeoutException | KafkaException e) {
        Throwable cause =
            e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        waitingFor = "Kafka: " + cause.getClass().getSimpleName() + ": " + cause.getMessage();
        if (!said) {
          log.warn("waiting for Kafka at {}: {}", settings.bootstrapServers(), cause.toString());
          said = true;
        }
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }
  }

  private Map<Signal, Integer> learn()
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<String, Object> config =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            settings.bootstrapServers(),
            AdminClientConfig.CLIENT_ID_CONFIG,
            "aom-ingest-topics",
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            5_000,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            (int) CALL_TIMEOUT.toMillis());
    try (Admin admin = Admin.create(config)) {
      Set<String> existing = admin.listTopics().names().get(10, TimeUnit.SECONDS);
      for (NewTopic topic : wanted()) {
        if (!existing.contains(topic.name())) {
          create(admin, topic);
        }
      }
      Map<String, TopicDescription> described =
          admin
              .describeTopics(wanted().stream().map(NewTopic::name).toList())
              .allTopicNames()
              .get(10, TimeUnit.SECONDS);
      Map<Signal, Integer> found = new EnumMap<>(Signal.class);
      for (Signal signal : Signal.values()) {
        TopicDescription topic = described.get(signal.topic());
        int count = topic == null ? 0 : topic.partitions().size();
        if (count == 0) {
          throw new KafkaException(signal.topic() + ": no partitions yet");
        }
        if (count != settings.partitions()) {
          log.warn(
              "topic {} has {} partitions, aom.kafka.partitions says {}: the topic counts",
              signal.topic(),
              count,
              settings.partitions());
        }
        found.put(signal, count);
      }
      return Map.copyOf(found);
    }
  }

  private static void create(Admin admin, NewTopic topic)
      throws InterruptedException, ExecutionException, TimeoutException {
    try {
      admin.createTopics(List.of(topic)).all().get(10, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      // Another member was quicker.
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e;
      }
    }
  }

  private List<NewTopic> wanted() {
    Map<String, String> config = Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, MAX_MESSAGE_BYTES);
    Map<String, String> compacted =
        Map.of(
            TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
            MAX_MESSAGE_BYTES,
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT);
    List<NewTopic> topics =
        java.util.Arrays.stream(Signal.values())
            .map(signal -> topic(signal.topic(), settings.partitions()).configs(config))
            .collect(Collectors.toCollection(ArrayList::new));
    topics.add(topic(Topics.EVENTS, 1).configs(config));
    topics.add(topic(Topics.DEAD_LETTERS, 1).configs(config));
    topics.add(topic(Topics.ENTITIES, 1).configs(compacted));
    return topics;
  }

  private NewTopic topic(String name, int count) {
    return new NewTopic(name, count, settings.replicationFactor());
  }
}
