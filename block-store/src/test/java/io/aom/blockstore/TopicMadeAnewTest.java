package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.MergeCatalogue.Partition;
import io.aom.blockstore.WordFormat.Row;
import io.aom.telemetry.RejectedException;
import io.aom.telemetry.TenantId;
import io.aom.testkit.Await;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A member while the topic that it reads is made anew; and two groups of two, of which some still
 * read the old one.
 */
class TopicMadeAnewTest {
  private static final long NOW = System.currentTimeMillis(); // Or else it is too old to be kept.

  private final Members members = new Members();
  private final MemoryCatalogue catalogue = new MemoryCatalogue();
  private final Set<URI> gone = ConcurrentHashMap.newKeySet();

  /** Of two partitions, with so many records in the second. */
  private static MemoryLog log(String topicId, int records) {
    MemoryLog log = new MemoryLog(topicId, 2);
    for (int offset = 0; offset < records; offset++) {
      byte[] value = (NOW + ":" + topicId + offset).getBytes(StandardCharsets.UTF_8);
      log.partitions
          .get(1)
          .add(new LogRecord(1, offset, new TenantId("blue"), 1, null, NOW, value));
    }
    return log;
  }

  private void open(MemoryLog... logs) {
    members.open(List.of(logs), ordinal -> this::carry);
  }

  private void openAlone(Supplier<RecordLog> log) {
    members.openAlone(catalogue, log, InstantSource.system(), Step.Listener.NONE);
  }

  @AfterEach
  void close() {
    members.close();
  }

  private byte[] carry(URI peer, String query, byte[] request, Duration timeout)
      throws IOException {
    return gone.contains(peer) ? Members.refuse(query) : members.carry(peer, query, request);
  }

  private HeadAnswers<List<Row>> ask(Consistency consistency) {
    return members.ask(consistency);
  }

  private static List<String> words(HeadAnswers<List<Row>> answers) {
    return answers.results().stream().flatMap(List::stream).map(Row::word).toList();
  }

  /** Member 2 is asked first for the second partition, since it is of the same group. */
  @Test
  void whoReadsTheSameTopicIsAskedHoweverFarTheOldOneWasRead() {
    open(log("new", 2), log("old", 9), log("old", 9), log("new", 2));

    for (Consistency consistency : Consistency.values()) {
      HeadAnswers<List<Row>> answers = ask(consistency);
      assertThat(words(answers)).containsExactly("new0", "new1");
      assertThat(answers.held().from().get(1)).isEqualTo(new HeldFrom("new", 0));
      assertThat(answers.completeUntilMillis()).isPositive();
    }
  }

  @Test
  void whatIsLeftOfTheOldTopicIsAnsweredButSaysNothingOfTheNewOne() {
    open(log("new", 2), log("old", 9), log("old", 9), log("new", 2));
    gone.add(Members.ADDRESSES.getLast());

    HeadAnswers<List<Row>> answers = ask(Consistency.EVENTUAL);
    assertThat(words(answers)).hasSize(9).contains("old0");
    assertThat(answers.completeUntilMillis()).isZero();
    assertThat(answers.held().storedUntilMillis()).isEqualTo(Long.MAX_VALUE);
    assertThat(answers.held().holds("new", 1, 0)).isFalse();
    assertThatThrownBy(() -> ask(Consistency.STRONG))
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining("partition 1");
  }

  @Test
  void anEmptyNewTopicCountsMoreThanAFullOldOne() {
    open(log("new", 0), log("old", 9), log("old", 9), log("new", 0));

    HeadAnswers<List<Row>> answers = ask(Consistency.EVENTUAL);
    assertThat(words(answers)).isEmpty();
    assertThat(answers.held().from().get(1)).isEqualTo(new HeldFrom("new", 0));
  }

  /** A member that reads a topic until another is there. */
  private void goOver(MemoryLog from, MemoryLog to) {
    openAlone(() -> from.madeAnew ? to : from);
    long records = from.end(1);
    Await.until("read", () -> ask(Consistency.EVENTUAL).results().get(1).size() == records);
    from.madeAnew = true;
    Await.until(
        "gone over",
        () -> ask(Consistency.EVENTUAL).held().from().get(1).topicId().equals(to.topicId()));
    Await.until("reading", () -> members.first().status().reading());
  }

  /** What a query sees in heads and then in blocks. */
  private List<String> seen() {
    HeadAnswers<List<Row>> heads = ask(Consistency.STRONG);
    List<String> seen = new ArrayList<>(words(heads));
    BlockReader blocks = members.first().blocks();
    List<FoundPart> parts =
        blocks.find(
            new BlockQuery(
                new TenantId("blue"), 0, Long.MAX_VALUE, TermExpression.ALL, heads.held(), false));
    blocks
        .fetch(parts, List.of("times", "words"))
        .values()
        .forEach(
            columns -> WordFormat.decode("blue", columns).forEach(row -> seen.add(row.word())));
    return seen;
  }

  @Test
  void aRunningMemberGoesOverToTheNewTopicAndHeadsOfTheOldOneBecomeBlocks() {
    goOver(log("old", 3), log("new", 2));

    assertThat(seen()).containsExactlyInAnyOrder("old0", "old1", "old2", "new0", "new1");
  }

  /** Else it would be believed of the new topic whatever it says of the old one. */
  @Test
  void whoHasLeftTheOldTopicSaysSoUntilItReadsTheNewOne() {
    MemoryLog old = log("old", 3);
    MemoryLog anew = log("new", 0);
    AtomicInteger lookedAt = new AtomicInteger();
    openAlone(
        () -> {
          if (!old.madeAnew) {
            return old;
          }
          if (lookedAt.incrementAndGet() > 1) {
            throw new IllegalStateException("Kafka does not answer");
          }
          return anew;
        });
    Await.until("read", () -> ask(Consistency.EVENTUAL).results().get(1).size() == 3);
    old.madeAnew = true;
    Await.until("has left the old one, and does not get on", () -> lookedAt.get() > 1);

    Announcement said =
        Announcement.decode(members.first().answer(Announcement.NAME, Announcement.request(1)));
    assertThat(said.topicId()).isEqualTo("old");
    assertThat(said.freshness(1, "new")).isEqualTo(new Freshness(1, -1, -1, 0));
  }

  /** Kafka may have given records of the new topic as the old one's; they are seen once. */
  @Test
  void whatMayBeOfTheNewTopicIsReadOnceMore() {
    MemoryLog old = log("old", 2);
    old.sureTo = 0;
    goOver(old, log("new", 2));

    assertThat(seen()).containsExactlyInAnyOrder("new0", "new1");
    assertThat(members.first().status().lostOffsets()).isZero();
  }

  /** The second segment may have records of the new topic; the first cannot. */
  @Test
  void whatIsSureToBeOfTheOldTopicBecomesABlockAlsoBesideWhatIsNot() {
    MemoryLog old = log("old", Members.SEALED_ROWS + 1);
    MemoryLog anew = log("new", Members.SEALED_ROWS + 1);
    old.sureTo = Members.SEALED_ROWS;
    AtomicBoolean leaves = new AtomicBoolean();
    members.openAlone(
        catalogue,
        () -> {
          leaves.set(old.madeAnew);
          return old.madeAnew ? anew : old;
        },
        InstantSource.system(),
        (step, partition) -> {
          if (step == Step.LOOKED_UP && !leaves.get()) {
            throw new StoreUnavailableException("OpenSearch does not answer");
          }
        });
    Await.until("read", () -> ask(Consistency.EVENTUAL).results().get(1).size() == old.end(1));
    old.madeAnew = true;
    Await.until(
        "gone over", () -> ask(Consistency.EVENTUAL).held().from().get(1).topicId().equals("new"));
    Await.until("reading", () -> members.first().status().reading());

    assertThat(seen())
        .hasSize(2 * Members.SEALED_ROWS + 1)
        .contains("old0", "old" + (Members.SEALED_ROWS - 1), "new" + Members.SEALED_ROWS);
    assertThat(members.first().status().lostOffsets()).isZero();
  }

  @Test
  void whatAnotherWriterWhoWasFirstDidNotStoreIsCounted() {
    MemoryLog old = log("old", 5);
    MemoryLog anew = log("new", 0);
    openAlone(() -> old.madeAnew ? anew : old);
    Await.until("read", () -> ask(Consistency.EVENTUAL).results().get(1).size() == 5);
    catalogue.createManifest(
        new Manifest(
            new BlockId("old", 1, 0),
            1,
            "of another",
            0,
            2,
            Map.of(),
            List.of(),
            HeadSegment.NO_CARRY,
            NOW));
    old.madeAnew = true;

    Await.until("counted", () -> members.first().status().lostOffsets() == 3);
  }

  @Test
  void theNewTopicDoesNotWaitForeverForWhatCannotBeStored() {
    MemoryLog old = log("old", 3);
    MemoryLog anew = log("new", 1);
    AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochMilli(NOW));
    members.openAlone(
        catalogue,
        () -> old.madeAnew ? anew : old,
        now::get,
        (step, partition) -> {
          if (step == Step.LOOKED_UP) {
            throw new StoreUnavailableException("OpenSearch does not answer");
          }
        });
    Await.until("read", () -> ask(Consistency.EVENTUAL).results().get(1).size() == 3);
    old.madeAnew = true;
    Await.until("cannot be stored", () -> members.first().status().sealFailures() > 0);
    now.set(now.get().plus(Reading.LEFT_WITHIN).minusMillis(1));
    long failures = members.first().status().sealFailures();
    Await.until("waits", () -> members.first().status().sealFailures() > failures + 1);
    assertThat(members.first().status().lostOffsets()).isZero();

    now.set(now.get().plusMillis(1));
    Await.until("counted", () -> members.first().status().lostOffsets() == 3);
    Await.until("gone over", () -> words(ask(Consistency.EVENTUAL)).equals(List.of("new0")));
  }

  /** The new topic could not be begun either. */
  @Test
  void whileNothingIsStoredAtAllTheOldTopicIsHeldOnTo() {
    MemoryLog old = log("old", 3);
    MemoryLog anew = log("new", 1);
    AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochMilli(NOW));
    AtomicBoolean away = new AtomicBoolean();
    AtomicInteger refused = new AtomicInteger();
    members.openAlone(
        awayWhile(away, refused), () -> old.madeAnew ? anew : old, now::get, Step.Listener.NONE);
    Await.until("read", () -> ask(Consistency.EVENTUAL).results().get(1).size() == 3);
    away.set(true);
    old.madeAnew = true;
    Await.until("cannot be stored", () -> refused.get() > 1);
    now.set(now.get().plus(Reading.LEFT_WITHIN));
    int before = refused.get();
    Await.until("is asked still", () -> refused.get() > before + 1);

    away.set(false);
    Await.until("gone over", () -> words(ask(Consistency.EVENTUAL)).contains("new0"));
    Await.until("reading", () -> members.first().status().reading());
    assertThat(seen()).containsExactlyInAnyOrder("old0", "old1", "old2", "new0");
    assertThat(members.first().status().lostOffsets()).isZero();
  }

  @Test
  void whatIsNotStoredWhenAMemberStopsWhileItLeavesATopicIsCounted() {
    MemoryLog old = log("old", 3);
    MemoryLog anew = log("new", 1);
    AtomicBoolean away = new AtomicBoolean();
    AtomicInteger refused = new AtomicInteger();
    members.openAlone(
        awayWhile(away, refused),
        () -> old.madeAnew ? anew : old,
        InstantSource.system(),
        Step.Listener.NONE);
    Await.until("read", () -> ask(Consistency.EVENTUAL).results().get(1).size() == 3);
    away.set(true);
    old.madeAnew = true;
    Await.until("leaves", () -> refused.get() > 1);
    members.first().close();

    assertThat(members.first().status().lostOffsets()).isEqualTo(3);
  }

  /**
   * The blocks, of which nobody hears anything at times.
   *
   * @param refused how often whoever leaves a topic has asked in vain
   */
  private BlockCatalogue awayWhile(AtomicBoolean away, AtomicInteger refused) {
    return (BlockCatalogue)
        Proxy.newProxyInstance(
            BlockCatalogue.class.getClassLoader(),
            new Class<?>[] {BlockCatalogue.class},
            (proxy, method, arguments) -> {
              if (away.get()) {
                if (method.getName().equals("merges")) {
                  refused.incrementAndGet();
                }
                throw new StoreUnavailableException("OpenSearch does not answer");
              }
              return method.invoke(catalogue, arguments);
            });
  }

  /**
   * Until it is looked which topic there is, records may be of another one; a block would have them
   * for good, and its own topic once more.
   */
  @Test
  void whatMayBeOfTheNewTopicBecomesNoBlock() {
    MemoryLog old = log("old", 4);
    MemoryLog anew = log("new", 4);
    old.sureTo = 2;
    List<Step> steps = new CopyOnWriteArrayList<>();
    members.openAlone(
        catalogue,
        () -> old.madeAnew ? anew : old,
        InstantSource.system(),
        (step, partition) -> steps.add(step));
    Await.until("read", () -> ask(Consistency.EVENTUAL).results().get(1).size() == 4);
    assertThat(old.lookWanted).isFalse();
    members.first().sealNow();
    Await.until("frozen", () -> steps.contains(Step.FROZEN));
    Await.until("looks", () -> old.lookWanted);
    assertThat(members.first().status().heldRows()).isEqualTo(4);
    old.madeAnew = true;
    Await.until(
        "gone over", () -> ask(Consistency.EVENTUAL).held().from().get(1).topicId().equals("new"));
    Await.until("reading", () -> members.first().status().reading());

    assertThat(seen()).containsExactlyInAnyOrder("new0", "new1", "new2", "new3");
    assertThat(steps).doesNotContain(Step.LOOKED_UP);
    assertThat(members.first().status().lostOffsets()).isEqualTo(2);
  }

  @Test
  void blocksOfTheOldTopicAreMergedAndForgottenWithTheirLastRow() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochMilli(NOW));
    MemoryLog old = log("old", 3);
    MemoryLog anew = log("new", 0);
    members.merge = new MergeSettings(true, Duration.ZERO, Duration.ofMillis(1), 1_000, 1);
    members.openAlone(catalogue, () -> old.madeAnew ? anew : old, now::get, Step.Listener.NONE);
    Await.until("read", () -> ask(Consistency.EVENTUAL).results().get(1).size() == 3);
    old.madeAnew = true;
    Await.until(
        "gone over", () -> ask(Consistency.EVENTUAL).held().from().get(1).topicId().equals("new"));
    now.set(now.get().plus(Duration.ofHours(1)));
    Await.until("merged", () -> members.first().status().blocksMerged() == 1);
    assertThat(catalogue.merges().merges("old", 1).merges().ranges())
        .extracting(MergedRange::lastOffset)
        .containsExactly(2L);
    assertThat(catalogue.merges().partitions()).containsExactly(new Partition("old", 1));

    now.set(now.get().plus(Duration.ofDays(100)));
    Await.until("forgotten", () -> catalogue.merges().partitions().isEmpty());
    assertThat(catalogue.merges().merges("old", 1).version()).isEmpty();
  }

  /** Kafka tells ends by name, so they are of the new topic before the member knows of it. */
  @Test
  void whoStillReadsTheOldTopicAnswersNoStrongQuery() {
    MemoryLog old = log("old", 9);
    openAlone(() -> old);
    Await.until("read", () -> ask(Consistency.STRONG).results().get(1).size() == 9);

    old.named = log("new", 2);

    assertThatThrownBy(() -> ask(Consistency.STRONG))
        .isInstanceOf(RejectedException.class)
        .hasMessageContaining("not reading yet");
    assertThat(words(ask(Consistency.EVENTUAL))).hasSize(9);
  }
}
