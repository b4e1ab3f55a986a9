package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.WordFormat.Row;
import io.aom.blockstore.WordFormat.Words;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearchSettings;
import io.aom.telemetry.RecordHeaders;
import io.aom.telemetry.TenantId;
import io.aom.telemetry.Topics;
import io.aom.testkit.Await;
import io.aom.testkit.TestKafka;
import io.aom.testkit.TestOpenSearch;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The block store on a real Kafka and a real OpenSearch, both of which die in between. */
class BlockStoreIT {
  private static final TenantId BLUE = new TenantId("blue");
  private static final int PARTITIONS = 3;

  private final TestKafka kafka = TestKafka.shared();
  private final TestOpenSearch search = TestOpenSearch.shared();
  private final OpenSearch openSearch =
      OpenSearch.connect(new OpenSearchSettings(List.of(URI.create(search.url())), null, null, 0));
  private final String name = "w" + UUID.randomUUID().toString().substring(0, 8);
  private final NamedFormat format = new NamedFormat(name);
  private final List<BlockStore<Words>> stores = new ArrayList<>();
  private final List<Row> sent = new ArrayList<>();
  private KafkaProducer<byte[], byte[]> producer;

  /** The test signal under a topic and indices of this test's own. */
  private record NamedFormat(String signal, WordFormat words) implements BlockFormat<Words> {
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
    public Words newSegment(int partition) {
      return words.newSegment(partition);
    }

    @Override
    public List<BlockPart> seal(Words segment) {
      return words.seal(segment);
    }
  }

  @BeforeEach
  void createTopics() throws Exception {
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
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @AfterEach
  void close() {
    stores.forEach(BlockStore::close);
    producer.close(Duration.ofSeconds(1));
    openSearch.close();
  }

  private BlockStore<Words> open(Membership membership, PeerClient peers) {
    BlockStore<Words> store =
        new BlockStore<>(
            format,
            new BlockStoreSettings(
                kafka.bootstrapServers(),
                "aom-" + name,
                membership,
                new SealPolicy(
                    200, 1 << 20, Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ZERO),
                Duration.ofDays(30),
                64 << 20),
            openSearch,
            peers,
            InstantSource.system());
    store.serve(WordQuery.ALL);
    store.start();
    stores.add(store);
    return store;
  }

  private BlockStore<Words> openAlone() {
    return open(Membership.ALONE, (peer, query, request) -> new byte[0]);
  }

  private void send(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      long now = System.currentTimeMillis();
      String word = "w" + sent.size();
      send(
          sent.size() % PARTITIONS, now + ":" + word, ByteBuffer.allocate(16).putLong(sent.size()));
      sent.add(new Row("blue", now, word));
    }
    producer.flush();
  }

  private void send(int partition, String text, ByteBuffer digest) {
    send(partition, text, digest, System.currentTimeMillis());
  }

  private void send(int partition, String text, ByteBuffer digest, long receivedMillis) {
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

  private List<Row> query(BlockStore<Words> store) {
    HeadAnswers<List<Row>> heads = store.heads().ask(WordQuery.ALL, "blue", Consistency.STRONG);
    assertThat(heads.partial()).isFalse();
    List<Row> rows = new ArrayList<>();
    heads.results().forEach(rows::addAll);
    List<FoundPart> parts =
        store
            .blocks()
            .find(
                new BlockQuery(
                    BLUE, 0, Long.MAX_VALUE, TermExpression.ALL, heads.heldFrom(), true));
    store
        .blocks()
        .fetch(parts, List.of("times", "words"))
        .values()
        .forEach(columns -> rows.addAll(WordFormat.decode("blue", columns)));
    return rows;
  }

  private static LedgerCounts total(BlockStore<?> store) {
    return store.ledger(0, Long.MAX_VALUE / 2).rows().stream()
        .map(BlockStore.Ledger.Row::counts)
        .reduce(LedgerCounts.NONE, LedgerCounts::plus);
  }

  private static void awaitReading(BlockStore<?> store) {
    Await.untilAsserted(
        "reading", () -> assertThat(store.status()).matches(BlockStore.Status::reading));
  }

  @Test
  void rowsAreSeenOnceWhileTheyMoveFromHeadsToBlocks() throws Exception {
    BlockStore<Words> store = openAlone();
    awaitReading(store);
    for (int round = 0; round < 10; round++) {
      send(150);
      assertThat(query(store)).containsExactlyInAnyOrderElementsOf(sent);
    }
    store.sealNow();
    Await.until("all in blocks", () -> store.status().heldRows() == 0);

    assertThat(query(store)).containsExactlyInAnyOrderElementsOf(sent);
    assertThat(store.status().blocksSealed()).isPositive();
    assertThat(store.blocks().find(words("w7"))).hasSize(1);
    assertThat(store.blocks().find(words("nowhere"))).isEmpty();
    assertThat(total(store)).isEqualTo(new LedgerCounts(1500, 1500, 0, 0));
  }

  private static BlockQuery words(String word) {
    return new BlockQuery(BLUE, 0, Long.MAX_VALUE, new TermExpression.Term(word), Map.of(), true);
  }

  @Test
  void aNewProcessGoesOnWhereBlocksEndAndKnowsRepeatedRequests() throws Exception {
    BlockStore<Words> first = openAlone();
    awaitReading(first);
    send(700);
    assertThat(query(first)).hasSize(700);
    Await.until("some blocks", () -> first.status().blocksSealed() >= 3);
    first.close();

    send(0, System.currentTimeMillis() + ":again", ByteBuffer.allocate(16).putLong(0));
    send(1, "no colon", ByteBuffer.allocate(16).putLong(-7));
    producer.flush();
    BlockStore<Words> second = openAlone();
    awaitReading(second);

    assertThat(query(second)).containsExactlyInAnyOrderElementsOf(sent);
    assertThat(total(second)).isEqualTo(new LedgerCounts(702, 700, 1, 1));
  }

  @Test
  void headsGoOnWhileOpenSearchIsAwayAndBlocksFollowWhenItIsBack() throws Exception {
    BlockStore<Words> store = openAlone();
    awaitReading(store);
    send(100);
    assertThat(query(store)).hasSize(100);

    search.kill();
    send(900);
    HeadAnswers<List<Row>> heads = store.heads().ask(WordQuery.ALL, "blue", Consistency.STRONG);
    assertThat(heads.results().stream().mapToInt(List::size).sum()).isEqualTo(1000);
    Await.until("sealing fails", () -> store.status().sealFailures() > 0);

    search.restart();
    store.sealNow();
    Await.until("all in blocks", () -> store.status().heldRows() == 0);
    assertThat(query(store)).containsExactlyInAnyOrderElementsOf(sent);
  }

  @Test
  void readingGoesOnAfterKafkaWasKilled() throws Exception {
    BlockStore<Words> store = openAlone();
    awaitReading(store);
    send(50);
    assertThat(query(store)).hasSize(50);

    kafka.kill();
    kafka.restart();
    send(50);

    assertThat(query(store)).containsExactlyInAnyOrderElementsOf(sent);
  }

  @Test
  void membersAskOneAnotherForThePartitionsTheyOwn() throws Exception {
    List<URI> addresses = List.of(URI.create("http://a"), URI.create("http://b"));
    PeerClient direct =
        (peer, query, request) -> stores.get(addresses.indexOf(peer)).answer(query, request);
    BlockStore<Words> a = open(new Membership(0, 2, addresses), direct);
    BlockStore<Words> b = open(new Membership(1, 2, addresses), direct);
    awaitReading(a);
    awaitReading(b);
    send(500);

    assertThat(query(a)).containsExactlyInAnyOrderElementsOf(sent);
    assertThat(query(b)).containsExactlyInAnyOrderElementsOf(sent);
    for (BlockStore<Words> member : List.of(a, b)) {
      assertThat(total(member)).isEqualTo(new LedgerCounts(500, 500, 0, 0));
      assertThat(member.ledger(0, Long.MAX_VALUE / 2).partial()).isFalse();
    }

    b.close();
    PeerClient gone =
        (peer, query, request) -> {
          throw new java.io.IOException("no answer");
        };
    BlockStore<Words> c = open(new Membership(0, 2, addresses), gone);
    awaitReading(c);
    HeadAnswers<List<Row>> partial = c.heads().ask(WordQuery.ALL, "blue", Consistency.EVENTUAL);
    assertThat(partial.unreachable()).containsExactly(1);
    assertThat(partial.partial()).isTrue();
    assertThat(c.ledger(0, Long.MAX_VALUE / 2).partial()).isTrue();
  }

  @Test
  void daysBeyondTheRetentionGoAndReadingGoesOnBehindThem() throws Exception {
    BlockStore<Words> first = openAlone();
    awaitReading(first);
    long old = System.currentTimeMillis() - Duration.ofDays(40).toMillis();
    for (int i = 0; i < 60; i++) {
      send(i % PARTITIONS, old + ":old" + i, ByteBuffer.allocate(16).putLong(~i), old);
      if (i == 29) {
        producer.flush();
        query(first); // Waits until all is read; its retention may have run already.
        first.sealNow();
        Await.until("the first blocks", () -> first.status().heldRows() == 0);
      }
    }
    producer.flush();
    query(first);
    first.sealNow();
    Await.until("all old rows in blocks", () -> first.status().heldRows() == 0);
    // Of partition 2 nothing newer comes: its newest block is one without rows from now on.
    send(0, System.currentTimeMillis() + ":new", ByteBuffer.allocate(16).putLong(1));
    send(1, System.currentTimeMillis() + ":new", ByteBuffer.allocate(16).putLong(2));
    producer.flush();
    query(first);
    first.sealNow();
    Await.until("all in blocks", () -> first.status().heldRows() == 0);
    first.close();

    BlockStore<Words> second = openAlone();
    awaitReading(second);
    Await.untilAsserted(
        "old rows gone",
        () -> assertThat(query(second)).extracting(Row::word).containsExactly("new", "new"));
    // Three newest ones, and none of the six older ones.
    Await.untilAsserted("old manifests gone", () -> assertThat(manifests()).isEqualTo(3));

    send(2, System.currentTimeMillis() + ":newer", ByteBuffer.allocate(16).putLong(3));
    producer.flush();
    second.close();
    BlockStore<Words> third = openAlone();
    awaitReading(third);
    assertThat(query(third)).extracting(Row::word).containsOnly("new", "newer").hasSize(3);
    assertThat(third.status().retentionFailures()).isZero();
  }

  private long manifests() {
    openSearch.send("POST", "/aom-blocks-" + name + "/_refresh", Map.of());
    return openSearch
        .send("GET", "/aom-blocks-" + name + "/_count", Map.of())
        .body()
        .path("count")
        .asLong();
  }

  /**
   * For a moment of a rolling restart a partition has two readers, each with segments of its own.
   */
  @Test
  void twoWhoSealTheSamePartitionAgreeAndBothGoOn() throws Exception {
    BlockStore<Words> a = openAlone();
    awaitReading(a);
    send(70);
    query(a);
    BlockStore<Words> b = openAlone();
    awaitReading(b);
    for (int round = 0; round < 4; round++) {
      send(60);
      query(a);
      query(b);
      a.sealNow();
      b.sealNow();
    }
    for (BlockStore<Words> member : List.of(a, b)) {
      Await.until("all in blocks", () -> member.status().heldRows() == 0);
      assertThat(query(member)).containsExactlyInAnyOrderElementsOf(sent);
      assertThat(total(member)).isEqualTo(new LedgerCounts(310, 310, 0, 0));
      assertThat(member.status().sealFailures()).isZero();
    }
  }
}
