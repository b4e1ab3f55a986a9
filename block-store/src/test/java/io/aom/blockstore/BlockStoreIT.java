package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.MergeCatalogue.Partition;
import io.aom.blockstore.WordFormat.Row;
import io.aom.blockstore.WordFormat.Words;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearchSettings;
import io.aom.telemetry.TenantId;
import io.aom.testkit.Await;
import io.aom.testkit.TestKafka;
import io.aom.testkit.TestOpenSearch;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The block store on a real Kafka and a real OpenSearch, both of which die in between. */
class BlockStoreIT {
  private final TestKafka kafka = TestKafka.shared();
  private final TestOpenSearch search = TestOpenSearch.shared();
  private final OpenSearch openSearch =
      OpenSearch.connect(new OpenSearchSettings(List.of(URI.create(search.url())), null, null, 0));
  private LiveWords words;

  @BeforeEach
  void createTopics() throws Exception {
    words = new LiveWords(kafka, openSearch);
  }

  @AfterEach
  void close() {
    words.close();
    openSearch.close();
  }

  /** A member on its own that has read so many records. */
  private BlockStore<Words> openAndRead(int records) throws Exception {
    BlockStore<Words> store = words.openAlone();
    LiveWords.awaitReading(store);
    words.send(records);
    assertThat(words.query(store)).hasSize(records);
    return store;
  }

  @Test
  void rowsAreSeenOnceWhileTheyMoveFromHeadsToBlocks() throws Exception {
    BlockStore<Words> store = words.openAlone();
    LiveWords.awaitReading(store);
    for (int round = 0; round < 10; round++) {
      words.send(150);
      assertThat(words.query(store)).containsExactlyInAnyOrderElementsOf(words.sent);
    }
    LiveWords.sealAll(store);

    assertThat(words.query(store)).containsExactlyInAnyOrderElementsOf(words.sent);
    assertThat(store.status().blocksSealed()).isPositive();
    assertThat(store.blocks().find(block("w7"))).hasSize(1);
    assertThat(store.blocks().find(block("nowhere"))).isEmpty();
    assertThat(LiveWords.total(store)).isEqualTo(new LedgerCounts(1500, 1500, 0, 0));
  }

  private static BlockQuery block(String word) {
    return new BlockQuery(
        LiveWords.BLUE, 0, Long.MAX_VALUE, new TermExpression.Term(word), Held.NOTHING, true);
  }

  @Test
  void aNewProcessGoesOnWhereBlocksEndAndKnowsRepeatedRequests() throws Exception {
    BlockStore<Words> first = openAndRead(700);
    Await.until("some blocks", () -> first.status().blocksSealed() >= 3);
    first.close();

    words.send(0, System.currentTimeMillis() + ":again", ByteBuffer.allocate(16).putLong(0));
    words.send(1, "no colon", ByteBuffer.allocate(16).putLong(-7));
    words.flush();
    BlockStore<Words> second = words.openAlone();
    LiveWords.awaitReading(second);

    assertThat(words.query(second)).containsExactlyInAnyOrderElementsOf(words.sent);
    assertThat(LiveWords.total(second)).isEqualTo(new LedgerCounts(702, 700, 1, 1));
  }

  @Test
  void blocksOfATopicThatWasMadeAnewAreSeenBesideItsHeadsAndBlocks() throws Exception {
    BlockStore<Words> first = words.openAlone();
    LiveWords.awaitReading(first);
    words.send(300);
    words.query(first);
    LiveWords.sealAll(first);
    first.close();

    words.makeTopicAnew();
    BlockStore<Words> second = words.openAlone();
    LiveWords.awaitReading(second);
    words.send(30);
    assertThat(words.query(second)).containsExactlyInAnyOrderElementsOf(words.sent);
    LiveWords.sealAll(second);

    assertThat(words.query(second)).containsExactlyInAnyOrderElementsOf(words.sent);
    assertThat(LiveWords.total(second)).isEqualTo(new LedgerCounts(330, 330, 0, 0));
  }

  @Test
  void aRunningMemberGoesOverToATopicThatWasMadeAnew() throws Exception {
    BlockStore<Words> store = openAndRead(300);

    words.makeTopicAnew();
    words.send(30);
    Await.untilAsserted(
        "all of both",
        () -> assertThat(words.query(store)).containsExactlyInAnyOrderElementsOf(words.sent));
    assertThat(LiveWords.total(store)).isEqualTo(new LedgerCounts(330, 330, 0, 0));
  }

  @Test
  void onlyWhatWasReadBeforeALookIsSureToBeOfTheTopicAndNotWhatIsReadAgain() throws Exception {
    words.send(60);
    try (RecordLog log =
        KafkaRecordLog.open(kafka.bootstrapServers(), words.format.topic(), "aom-" + words.name)) {
      log.assign(Map.of(0, 0L));
      assertThat(log.sureTo(0)).isZero();
      awaitSure(log, log.endOffsets(List.of(0)).get(0));
      log.seek(0, 5);
      assertThat(log.sureTo(0)).isEqualTo(5);
      log.assign(Map.of(0, 3L));
      assertThat(log.sureTo(0)).isEqualTo(3);
      awaitSure(log, log.endOffsets(List.of(0)).get(0));
    }
  }

  private static void awaitSure(RecordLog log, long offset) {
    Await.untilAsserted(
        "sure of offset " + offset,
        () -> {
          log.poll(Duration.ofMillis(100));
          log.lookSoon();
          assertThat(log.madeAnew()).isFalse();
          assertThat(log.sureTo(0)).isEqualTo(offset);
        });
  }

  @Test
  void headsGoOnWhileOpenSearchIsAwayAndBlocksFollowWhenItIsBack() throws Exception {
    BlockStore<Words> store = openAndRead(100);

    search.kill();
    words.send(900);
    HeadAnswers<List<Row>> heads = store.heads().ask(WordQuery.ALL, "blue", Consistency.STRONG);
    assertThat(heads.results().stream().mapToInt(List::size).sum()).isEqualTo(1000);
    Await.until("sealing fails", () -> store.status().sealFailures() > 0);

    search.restart();
    LiveWords.sealAll(store);
    assertThat(words.query(store)).containsExactlyInAnyOrderElementsOf(words.sent);
  }

  @Test
  void readingGoesOnAfterKafkaWasKilled() throws Exception {
    BlockStore<Words> store = openAndRead(50);

    kafka.kill();
    kafka.restart();
    words.send(50);

    Await.untilAsserted(
        "read on",
        () -> assertThat(words.query(store)).containsExactlyInAnyOrderElementsOf(words.sent));
  }

  @Test
  void membersAskOneAnotherForThePartitionsTheyOwn() throws Exception {
    List<URI> addresses = List.of(URI.create("http://a"), URI.create("http://b"));
    PeerClient direct =
        (peer, query, request, timeout) ->
            words.stores.get(addresses.indexOf(peer)).answer(query, request);
    BlockStore<Words> a = words.open(new Membership(0, 2, 1, addresses), direct);
    BlockStore<Words> b = words.open(new Membership(1, 2, 1, addresses), direct);
    LiveWords.awaitReading(a);
    LiveWords.awaitReading(b);
    words.send(500);

    assertThat(words.query(a)).containsExactlyInAnyOrderElementsOf(words.sent);
    assertThat(words.query(b)).containsExactlyInAnyOrderElementsOf(words.sent);
    for (BlockStore<Words> member : List.of(a, b)) {
      assertThat(LiveWords.total(member)).isEqualTo(new LedgerCounts(500, 500, 0, 0));
      assertThat(member.ledger(0, Long.MAX_VALUE / 2).partial()).isFalse();
    }

    b.close();
    PeerClient gone =
        (peer, query, request, timeout) -> {
          throw new java.io.IOException("no answer");
        };
    BlockStore<Words> c = words.open(new Membership(0, 2, 1, addresses), gone);
    LiveWords.awaitReading(c);
    HeadAnswers<List<Row>> partial = c.heads().ask(WordQuery.ALL, "blue", Consistency.EVENTUAL);
    assertThat(partial.unreachable()).containsExactly(1);
    assertThat(partial.partial()).isTrue();
    assertThat(c.ledger(0, Long.MAX_VALUE / 2).partial()).isTrue();
  }

  @Test
  void daysBeyondTheRetentionGoAndReadingGoesOnBehindThem() throws Exception {
    BlockStore<Words> first = words.openAlone();
    LiveWords.awaitReading(first);
    long old = System.currentTimeMillis() - Duration.ofDays(40).toMillis();
    for (int i = 0; i < 60; i++) {
      words.send(
          i % LiveWords.PARTITIONS, old + ":old" + i, ByteBuffer.allocate(16).putLong(~i), old);
      if (i == 29) {
        words.flush();
        words.query(first); // Waits until all is read; its retention may have run already.
        LiveWords.sealAll(first);
      }
    }
    words.flush();
    words.query(first);
    LiveWords.sealAll(first);
    // Of partition 2 nothing newer comes: its newest block is one without rows from now on.
    words.send(0, System.currentTimeMillis() + ":new", ByteBuffer.allocate(16).putLong(1));
    words.send(1, System.currentTimeMillis() + ":new", ByteBuffer.allocate(16).putLong(2));
    words.flush();
    words.query(first);
    LiveWords.sealAll(first);
    first.close();

    BlockStore<Words> second = words.openAlone();
    LiveWords.awaitReading(second);
    Await.untilAsserted(
        "old rows gone, after a minute if the first try failed",
        Duration.ofMinutes(3),
        () -> assertThat(words.query(second)).extracting(Row::word).containsExactly("new", "new"));
    // Three newest ones, and none of the six older ones.
    Await.untilAsserted("old manifests gone", () -> assertThat(manifests()).isEqualTo(3));

    words.send(2, System.currentTimeMillis() + ":newer", ByteBuffer.allocate(16).putLong(3));
    words.flush();
    second.close();
    BlockStore<Words> third = words.openAlone();
    LiveWords.awaitReading(third);
    assertThat(words.query(third)).extracting(Row::word).containsOnly("new", "newer").hasSize(3);
    assertThat(third.status().retentionFailures()).isZero();
  }

  private long manifests() {
    openSearch.send("POST", "/aom-blocks-" + words.name + "/_refresh", Map.of());
    return openSearch
        .send("GET", "/aom-blocks-" + words.name + "/_count", Map.of())
        .body()
        .path("count")
        .asLong();
  }

  /**
   * For a moment of a rolling restart a partition has two readers, each with segments of its own.
   */
  @Test
  void twoWhoSealTheSamePartitionAgreeAndBothGoOn() throws Exception {
    BlockStore<Words> a = words.openAlone();
    LiveWords.awaitReading(a);
    words.send(70);
    words.query(a);
    BlockStore<Words> b = words.openAlone();
    LiveWords.awaitReading(b);
    for (int round = 0; round < 4; round++) {
      words.send(60);
      words.query(a);
      words.query(b);
      a.sealNow();
      b.sealNow();
    }
    for (BlockStore<Words> member : List.of(a, b)) {
      LiveWords.sealAll(member);
      assertThat(words.query(member)).containsExactlyInAnyOrderElementsOf(words.sent);
      assertThat(LiveWords.total(member)).isEqualTo(new LedgerCounts(310, 310, 0, 0));
      assertThat(member.status().sealFailures()).isZero();
    }
  }

  @Test
  void rowsAreSeenOnceWhileTheirBlocksAreMergedAndWhatWasMergedIsRemoved() throws Exception {
    // Two blocks of 200 rows become one, as soon as a third is there.
    words.merge = new MergeSettings(true, Duration.ZERO, Duration.ofHours(6), 400, 1);
    BlockStore<Words> store = words.openAlone();
    LiveWords.awaitReading(store);
    for (int round = 0; round < 20; round++) {
      words.send(250);
      assertThat(words.query(store)).containsExactlyInAnyOrderElementsOf(words.sent);
    }
    Await.until("merged", () -> store.status().blocksMerged() >= 2 * LiveWords.PARTITIONS);
    assertThat(words.query(store)).containsExactlyInAnyOrderElementsOf(words.sent);
    assertThat(store.status().mergeFailures()).isZero();
    store.close();

    // Somebody who has never seen the blocks as they were.
    words.merge = MergeSettings.OFF;
    BlockStore<Words> second = words.openAlone();
    LiveWords.awaitReading(second);
    int before = parts(second);
    assertThat(words.query(second)).containsExactlyInAnyOrderElementsOf(words.sent);
    long removed = 0;
    for (int partition = 0; partition < LiveWords.PARTITIONS; partition++) {
      removed += mergerInTwoHours(partition).sweep(0);
    }
    assertThat(removed).isPositive();
    assertThat(parts(second)).isEqualTo(before);
    assertThat(words.query(second)).containsExactlyInAnyOrderElementsOf(words.sent);
    assertThat(words.query(second, WordFormat.AGAIN))
        .containsExactlyInAnyOrderElementsOf(words.sent);
    assertThat(second.blocks().find(ofTier(WordFormat.AGAIN)))
        .extracting(FoundPart::tier)
        .contains(WordFormat.AGAIN);
    assertThat(besides(second, TermExpression.ALL)).isPositive();
    assertThat(besides(second, new TermExpression.Term("no such"))).isZero();
    assertThat(LiveWords.total(second)).isEqualTo(new LedgerCounts(5000, 5000, 0, 0));
  }

  private static BlockQuery ofTier(String tier) {
    return new BlockQuery(LiveWords.BLUE, 0, Long.MAX_VALUE, TermExpression.ALL, Held.NOTHING, true)
        .as(tier);
  }

  /** Merged rows that are found beside the tier that stands for them. */
  private static long besides(BlockStore<Words> store, TermExpression besides) {
    List<FoundPart> found =
        store.blocks().find(ofTier(WordFormat.AGAIN).as(WordFormat.AGAIN, besides));
    List<FoundPart> beside = found.stream().filter(FoundPart::beside).toList();
    assertThat(found)
        .filteredOn(part -> !part.beside())
        .containsExactlyInAnyOrderElementsOf(store.blocks().find(ofTier(WordFormat.AGAIN)));
    assertThat(beside).allMatch(part -> part.tier().equals(BlockPart.AS_RECEIVED));
    return beside.size();
  }

  private static int parts(BlockStore<Words> store) {
    return store
        .blocks()
        .find(
            new BlockQuery(
                LiveWords.BLUE, 0, Long.MAX_VALUE, TermExpression.ALL, Held.NOTHING, true))
        .size();
  }

  private PartitionMerger mergerInTwoHours(int partition) throws Exception {
    OpenSearchCatalogue catalogue =
        new OpenSearchCatalogue(openSearch, words.format, InstantSource.system());
    try (RecordLog log =
        KafkaRecordLog.open(kafka.bootstrapServers(), words.format.topic(), "aom-" + words.name)) {
      return new PartitionMerger(
          words.format.merger().orElseThrow(),
          words.format.version(),
          MergeSettings.DEFAULT,
          0,
          catalogue,
          catalogue.merges(),
          () -> "unused",
          () -> {},
          InstantSource.fixed(Instant.now().plus(Duration.ofHours(2))),
          Step.Listener.NONE,
          tier -> Duration.ofDays(30),
          log.topicId(),
          partition);
    }
  }

  /** What a writer leaves that died between parts and manifest, and one that came second. */
  @Test
  void partsThatCanNeverBecomeVisibleAreSwept() {
    OpenSearchCatalogue catalogue =
        new OpenSearchCatalogue(openSearch, words.format, InstantSource.system());
    catalogue.prepare();
    long now = System.currentTimeMillis();
    BlockId first = new BlockId("topic", 0, 0);
    BlockId tip = new BlockId("topic", 0, 10);
    List<BlockPart> abandoned = List.of(part("a", now), part("b", now));
    List<BlockPart> kept = List.of(part("c", now));
    catalogue.storeParts(first, 1, "abandoned", abandoned);
    catalogue.storeParts(first, 1, "kept", kept);
    catalogue.storeParts(tip, 1, "waiting", kept); // Its writer is about to make the manifest.
    catalogue.createManifest(
        new Manifest(first, 9, "kept", 1, 1, Map.of(), List.of(), HeadSegment.NO_CARRY, now));
    catalogue.publish(kept);

    assertThat(catalogue.sweep(now + 1)).isZero(); // Not looked at.
    assertThat(catalogue.sweep(now)).isEqualTo(2);
    catalogue.createManifest(
        new Manifest(tip, 19, "waiting", 1, 1, Map.of(), List.of(), HeadSegment.NO_CARRY, now));
    catalogue.publish(kept);
    assertThat(catalogue.sweep(0)).isZero();

    List<FoundPart> found = catalogue.find(block("c"));
    assertThat(found).extracting(FoundPart::firstOffset).containsExactlyInAnyOrder(0L, 10L);
    assertThat(catalogue.fetch(found, List.of("words"))).hasSize(2);
    // A slow writer that learns only now that it came second cleans up behind itself, too.
    catalogue.storeParts(first, 1, "late", abandoned);
    catalogue.publish(abandoned);
    assertThat(catalogue.sweep(0)).isEqualTo(2);
    catalogue.discardParts(first, "late", abandoned);
    assertThat(catalogue.find(block("a"))).isEmpty();
  }

  @Test
  void aPartitionOfAnEarlierTopicIsFoundUntilItIsForgotten() {
    OpenSearchCatalogue catalogue =
        new OpenSearchCatalogue(openSearch, words.format, InstantSource.system());
    catalogue.prepare();
    MergeCatalogue merges = catalogue.merges();
    Partition old = new Partition("old", 0);
    Partition anew = new Partition("new", 0);
    for (Partition partition : List.of(old, anew)) {
      BlockId block = new BlockId(partition.topicId(), 0, 0);
      catalogue.createManifest(
          new Manifest(block, 9, "none", 0, 0, Map.of(), List.of(), HeadSegment.NO_CARRY, 1));
      PartitionMerges none = PartitionMerges.none(partition.topicId(), 0);
      merges.replace(merges.merges(partition.topicId(), 0), none.withNext(10));
    }
    catalogue.newest("old", 0); // Makes all findable.
    assertThat(merges.partitions()).containsExactlyInAnyOrder(old, anew);

    for (int time = 0; time < 2; time++) {
      merges.forget(old, 0);
      assertThat(catalogue.newest("old", 0)).isEmpty();
      assertThat(merges.partitions()).containsExactly(anew);
    }
    assertThat(merges.merges("old", 0).version()).isEmpty();
    assertThat(merges.merges("new", 0).merges().next()).isEqualTo(10);
  }

  /** Of one tenant those that it no longer keeps, of a tier whole months, and nothing else. */
  @Test
  void oldPartsOfATenantAndOldMonthsOfATierGo() {
    OpenSearchCatalogue catalogue =
        new OpenSearchCatalogue(openSearch, words.format, InstantSource.system());
    catalogue.prepare();
    long now = System.currentTimeMillis();
    long old = now - Duration.ofDays(3).toMillis();
    BlockId id = new BlockId("topic", 0, 0);
    List<BlockPart> sealed = List.of(part("old", old), part("new", now), red(part("red", old)));
    catalogue.storeParts(id, 1, "layout", sealed);
    catalogue.createManifest(
        new Manifest(id, 9, "layout", 3, 3, Map.of(), List.of(), HeadSegment.NO_CARRY, now));
    catalogue.publish(sealed);
    Retention twoDays =
        new Retention() {
          @Override
          public Duration longest(String tier) {
            return Duration.ofDays(30);
          }

          @Override
          public Duration of(TenantId tenant, String tier) {
            return tenant.equals(LiveWords.BLUE) ? Duration.ofDays(2) : longest(tier);
          }
        };
    BlockReader retained = new RetainedBlocks(catalogue, twoDays, InstantSource.system());
    assertThat(catalogue.find(block("old"))).hasSize(1);
    assertThat(retained.find(block("old"))).isEmpty(); // Not answered, and still there.
    assertThat(retained.find(block("new"))).hasSize(1);

    long twoDaysAgo = now - Duration.ofDays(2).toMillis();
    assertThat(catalogue.drop(LiveWords.BLUE, BlockPart.AS_RECEIVED, twoDaysAgo)).isEqualTo(1);
    catalogue.publish(sealed);
    assertThat(catalogue.find(block("old"))).isEmpty();
    assertThat(catalogue.find(block("new"))).hasSize(1);
    List<FoundPart> expired =
        catalogue.find(new BlockQuery(RED, 0, now, TermExpression.ALL, Held.NOTHING, true));
    assertThat(catalogue.find(new BlockQuery(RED, 0, now, TermExpression.ALL, Held.NOTHING, true)))
        .hasSize(1);

    catalogue.remove(expired);
    assertThat(catalogue.find(new BlockQuery(RED, 0, now, TermExpression.ALL, Held.NOTHING, true)))
        .isEmpty();
    assertThatThrownBy(() -> catalogue.fetch(expired, List.of("words")))
        .isInstanceOfSatisfying(
            PartsGoneException.class,
            gone -> assertThat(gone.gone()).containsExactlyElementsOf(expired));
    assertThat(catalogue.find(block("new"))).hasSize(1);

    MergeCatalogue merges = catalogue.merges();
    LocalDate may = LocalDate.parse("2026-05-31");
    long time = may.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
    merges.storeMerged(id, 9, 1, "merged", 0, List.of(ofTier(part("may", time))));
    merges.publishMerged(List.of(may));
    assertThat(catalogue.dropBefore(WordFormat.AGAIN, may)).isEmpty();
    assertThat(catalogue.dropBefore(WordFormat.AGAIN, may.plusDays(1)))
        .containsExactly(LocalDate.parse("2026-05-01"));
    assertThat(catalogue.dropBefore(WordFormat.AGAIN, may.plusDays(1))).isEmpty();
  }

  private static final TenantId RED = new TenantId("red");

  private static BlockPart red(BlockPart part) {
    return new BlockPart(
        RED, part.startMillis(), part.endMillis(), part.rows(), part.terms(), part.columns());
  }

  private static BlockPart ofTier(BlockPart part) {
    return new BlockPart(
        part.tenant(),
        part.startMillis(),
        part.endMillis(),
        part.rows(),
        part.terms(),
        part.columns(),
        WordFormat.AGAIN);
  }

  private static BlockPart part(String word, long timeMillis) {
    return new BlockPart(
        LiveWords.BLUE,
        timeMillis,
        timeMillis,
        1,
        List.of(word),
        Map.of("words", word.getBytes(StandardCharsets.UTF_8)));
  }
}
