package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.WordFormat.Row;
import io.aom.blockstore.WordFormat.Words;
import io.aom.opensearch.OpenSearch;
import io.aom.telemetry.RecordHeaders;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.Topics;
import io.aom.testkit.Await;
import io.aom.testkit.TestKafka;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The test signal on a real Kafka and a real OpenSearch, under names of its own. */
final class LiveWords implements AutoCloseable {
  static final TenantId BLUE = new TenantId("blue");
  static final int PARTITIONS = 3;

  final String name = "w" + UUID.randomUUID().toString().substring(0, 8);
  final NamedFormat format = new NamedFormat(name);
  final List<BlockStore<Words>> stores = new ArrayList<>();

  /** What was sent with {@link #send(int)}, in this order. */
  final List<Row> sent = new ArrayList<>();

  /** Of the stores that are opened from now on. */
  MergeSettings merge = MergeSettings.OFF;

  private final TestKafka kafka;
  private final OpenSearch openSearch;
  private KafkaProducer<byte[], byte[]> producer;

  /** The test signal under a topic and indices of its own. */
  record NamedFormat(String signal, WordFormat words) implements BlockFormat<Words> {
    @Override
    public Optional<PartMerger> merger() {
      return words.merger();
    }

    @Override
    public Optional<PartExpiry> expiry() {
      return words.expiry();
    }

    NamedFormat(String signal) {
      this(signal, new WordFormat(50));
    }

    @Override
    public String topic() {
      return "test." + signal;
    }

    @Override
    public int version() {
      return words.version();
    }

    @Override
    public List<String> columns() {
      return words.columns();
    }

    @Override
    public List<String> tiers() {
      return words.tiers();
    }

    @Override
    public Words newSegment(int partition) {
      return words.newSegment(partition);
    }

    @Override
    public Words newSegment(int partition, byte[] carry) {
      return words.newSegment(partition, carry);
    }

    @Override
    public List<BlockPart> seal(Words segment) {
      return words.seal(segment);
    }
  }

  LiveWords(TestKafka kafka, OpenSearch openSearch) throws Exception {
    this.kafka = kafka;
    this.openSearch = openSearch;
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      for (NewTopic topic :
          List.of(
              new NewTopic(format.topic(), PARTITIONS, (short) 1),
              new NewTopic(Topics.DEAD_LETTERS, 1, (short) 1))) {
        try {
          admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
          assertThat(e).hasCauseInstanceOf(TopicExistsException.class);
        }
      }
    }
    producer = producer();
  }

  private KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** Deletes the topic and creates it again, without records. */
  void makeTopicAnew() throws Exception {
    producer.close();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin.deleteTopics(List.of(format.topic())).all().get();
      NewTopic anew = new NewTopic(format.topic(), PARTITIONS, (short) 1);
      Uuid id = admin.createTopics(List.of(anew)).topicId(format.topic()).get();
      // The broker hears of it from its controller a moment later.
      Await.untilAsserted(
          "the new topic is shown",
          () ->
              assertThat(admin.describeTopics(List.of(format.topic())).allTopicNames().get())
                  .extractingByKey(format.topic())
                  .returns(id, TopicDescription::topicId));
    }
    producer = producer();
  }

  BlockStore<Words> open(Membership membership, PeerClient peers) {
    return open(
        membership,
        peers,
        () -> KafkaRecordLog.open(kafka.bootstrapServers(), format.topic(), "aom-" + name));
  }

  BlockStore<Words> open(Membership membership, PeerClient peers, Supplier<RecordLog> log) {
    BlockStore<Words> store =
        new BlockStore<>(
            format,
            new BlockStoreSettings(
                kafka.bootstrapServers(),
                "aom-" + name,
                membership,
                new SealPolicy(
                    200, 1 << 20, Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ZERO),
                merge,
                Retention.ofAll(Duration.ofDays(30)),
                64 << 20,
                1 << 20),
            new OpenSearchCatalogue(openSearch, format, InstantSource.system()),
            log,
            peers,
            InstantSource.system(),
            Step.Listener.NONE);
    store.serve(WordQuery.ALL);
    store.start();
    stores.add(store);
    return store;
  }

  BlockStore<Words> openAlone() {
    return open(Membership.ALONE, (peer, query, request, timeout) -> new byte[0]);
  }

  void send(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      long now = System.currentTimeMillis();
      String word = "w" + sent.size();
      send(
          sent.size() % PARTITIONS, now + ":" + word, ByteBuffer.allocate(16).putLong(sent.size()));
      sent.add(new Row("blue", now, word));
    }
    producer.flush();
  }

  void send(int partition, String text, ByteBuffer digest) {
    send(partition, text, digest, System.currentTimeMillis());
  }

  void send(int partition, String text, ByteBuffer digest, long receivedMillis) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            format.topic(), partition, null, text.getBytes(StandardCharsets.UTF_8));
    record.headers().add(RecordHeaders.TENANT, "blue".getBytes(StandardCharsets.UTF_8));
    record.headers().add(RecordHeaders.ITEMS, ByteBuffer.allocate(4).putInt(1).array());
    record
        .headers()
        .add(RecordHeaders.RECEIVED, ByteBuffer.allocate(8).putLong(receivedMillis).array());
    record.headers().add(RecordHeaders.REQUEST, digest.array());
    producer.send(record);
  }

  List<Row> query(BlockStore<Words> store) {
    return query(store, BlockPart.AS_RECEIVED);
  }

  List<Row> query(BlockStore<Words> store, String tier) {
    HeadAnswers<List<Row>> heads = store.heads().ask(WordQuery.ALL, "blue", Consistency.STRONG);
    assertThat(heads.partial()).isFalse();
    List<Row> rows = new ArrayList<>();
    heads.results().forEach(rows::addAll);
    List<FoundPart> parts =
        store
            .blocks()
            .find(
                new BlockQuery(BLUE, 0, Long.MAX_VALUE, TermExpression.ALL, heads.held(), true)
                    .as(tier));
    store
        .blocks()
        .fetch(parts, List.of("times", "words"))
        .values()
        .forEach(columns -> rows.addAll(WordFormat.decode("blue", columns)));
    return rows;
  }

  static LedgerCounts total(BlockStore<?> store) {
    return store.ledger(0, Long.MAX_VALUE / 2).rows().stream()
        .map(BlockStore.Ledger.Row::counts)
        .reduce(LedgerCounts.NONE, LedgerCounts::plus);
  }

  static void awaitReading(BlockStore<?> store) {
    Await.untilAsserted(
        "reading", () -> assertThat(store.status()).matches(BlockStore.Status::reading));
  }

  /**
   * Seals until all is in blocks; more than once, since who is overtaken by another writer reads
   * anew what comes behind its block.
   */
  static void sealAll(BlockStore<?> store) {
    Await.until(
        "all in blocks",
        () -> {
          store.sealNow();
          return store.status().heldRows() == 0;
        });
  }

  /** Waits until Kafka has all that was sent. */
  void flush() {
    producer.flush();
  }

  @Override
  public void close() {
    stores.forEach(BlockStore::close);
    producer.close(Duration.ofSeconds(1));
  }
}
