package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.WordFormat.Row;
import io.aom.blockstore.WordFormat.Words;
import io.aom.opensearch.OpenSearch;
import io.aom.opensearch.OpenSearchSettings;
import io.aom.testkit.Await;
import io.aom.testkit.TestKafka;
import io.aom.testkit.TestOpenSearch;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Members of several replica groups, of which some die, hang or are behind. */
class ReplicaGroupsIT {
  /** In an answer, behind the number of partitions, freshness, offset, time and length. */
  private static final int ROWS_FROM = 4 + 28 + 8 + 8 + 4;

  private final TestKafka kafka = TestKafka.shared();
  private final OpenSearch openSearch =
      OpenSearch.connect(
          new OpenSearchSettings(
              List.of(URI.create(TestOpenSearch.shared().url())), null, null, 0));
  private final Map<URI, BlockStore<Words>> members = new ConcurrentHashMap<>();
  private final Set<URI> gone = ConcurrentHashMap.newKeySet();
  private final Set<URI> hanging = ConcurrentHashMap.newKeySet();
  private final Set<URI> garbling = ConcurrentHashMap.newKeySet();
  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
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

  /** What HTTP does between processes: a member that is gone refuses, one that hangs is silent. */
  private byte[] carry(URI peer, String query, byte[] request, Duration timeout)
      throws IOException {
    asked.add(peer.getHost() + " " + query);
    BlockStore<Words> member = members.get(peer);
    if (hanging.contains(peer)) {
      try {
        if (!new CountDownLatch(1).await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new SocketTimeoutException("timed out");
        }
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
    }
    if (member == null || gone.contains(peer)) {
      throw new IOException("connection refused");
    }
    byte[] answer = member.answer(query, request);
    if (garbling.contains(peer) && query.equals(WordQuery.ALL.name())) {
      for (int i = ROWS_FROM; i < answer.length; i++) {
        answer[i] = Character.isDigit(answer[i]) ? (byte) 'x' : answer[i];
      }
    }
    return answer;
  }

  private static List<URI> addresses(int count) {
    return IntStream.range(0, count).mapToObj(i -> URI.create("http://m" + i)).toList();
  }

  private BlockStore<Words> open(int ordinal, int count, int groups) {
    return started(
        ordinal,
        count,
        words.open(new Membership(ordinal, count, groups, addresses(count)), this::carry));
  }

  private BlockStore<Words> started(int ordinal, int count, BlockStore<Words> store) {
    URI address = addresses(count).get(ordinal);
    members.put(address, store);
    gone.remove(address);
    return store;
  }

  /** All know of one another what each holds. */
  private static void awaitCaughtUp(List<BlockStore<Words>> all) {
    for (BlockStore<Words> store : all) {
      awaitCaughtUp(store);
      for (int i = 0; i < all.size() - 1; i++) {
        int other = i;
        Await.until("heard of", () -> !store.status().members().get(other).partitions().isEmpty());
      }
    }
  }

  private void kill(int ordinal) {
    URI address = URI.create("http://m" + ordinal);
    gone.add(address);
    members.get(address).close();
  }

  private static void awaitCaughtUp(BlockStore<?> store) {
    Await.untilAsserted(
        "caught up",
        () -> {
          assertThat(store.status().reading()).isTrue();
          assertThat(store.status().caughtUp()).isTrue();
        });
  }

  private void assertWhole(BlockStore<Words> member) {
    assertThat(words.query(member)).containsExactlyInAnyOrderElementsOf(words.sent);
  }

  @Test
  void oneMemberIsAskedForEachPartitionAndAnotherGroupsIfItIsGone() throws Exception {
    List<BlockStore<Words>> all = IntStream.range(0, 4).mapToObj(i -> open(i, 4, 2)).toList();
    awaitCaughtUp(all);
    words.send(300);

    all.forEach(this::assertWhole);
    asked.clear();
    assertWhole(all.get(0));
    // Of the other place, the member of its own group, and nobody else.
    assertThat(asked.stream().filter(ask -> ask.endsWith(" all"))).containsExactly("m2 all");

    kill(2);
    words.send(300);
    assertWhole(all.get(0));
    assertWhole(all.get(1));
    Await.until("known to be away", () -> all.get(0).status().members().get(1).away());
    asked.clear();
    assertWhole(all.get(0));
    assertThat(asked.stream().filter(ask -> ask.endsWith(" all"))).containsExactly("m3 all");
    assertThat(LiveWords.total(all.get(0))).isEqualTo(new LedgerCounts(600, 600, 0, 0));
    assertThat(all.get(0).ledger(0, Long.MAX_VALUE / 2).partial()).isFalse();

    kill(3);
    HeadAnswers<List<Row>> partial =
        all.get(0).heads().ask(WordQuery.ALL, "blue", Consistency.EVENTUAL);
    assertThat(partial.unreachable()).containsExactly(1);
    assertThat(all.get(0).ledger(0, Long.MAX_VALUE / 2).partial()).isTrue();

    BlockStore<Words> back = open(2, 4, 2);
    awaitCaughtUp(back);
    Await.until("known to be back", () -> !all.get(0).status().members().get(1).away());
    assertWhole(all.get(0));
    assertWhole(back);
  }

  @Test
  void bothGroupsSealAndEachItemIsCountedOnce() throws Exception {
    BlockStore<Words> a = open(0, 2, 2);
    BlockStore<Words> b = open(1, 2, 2);
    awaitCaughtUp(List.of(a, b));
    for (int round = 0; round < 8; round++) {
      words.send(150);
      assertWhole(round % 2 == 0 ? a : b);
      if (round % 3 == 0) {
        a.sealNow();
        b.sealNow();
      }
    }
    LiveWords.sealAll(a);
    assertWhole(b);
    LiveWords.sealAll(b);
    for (BlockStore<Words> member : List.of(a, b)) {
      assertWhole(member);
      assertThat(LiveWords.total(member)).isEqualTo(new LedgerCounts(1200, 1200, 0, 0));
      assertThat(member.status().sealFailures()).isZero();
    }
    // Each block once, whoever stored it.
    assertThat(
            a
                .blocks()
                .find(
                    new BlockQuery(
                        LiveWords.BLUE, 0, Long.MAX_VALUE, TermExpression.ALL, Held.NOTHING, true))
                .stream()
                .mapToInt(FoundPart::rows)
                .sum())
        .isEqualTo(1200);
  }

  /** A log of which, until it is let go, nothing is read. */
  private static final class StoppedLog implements RecordLog {
    private final RecordLog log;
    private volatile boolean stopped = true;

    StoppedLog(RecordLog log) {
      this.log = log;
    }

    void go() {
      stopped = false;
    }

    @Override
    public String topicId() {
      return log.topicId();
    }

    @Override
    public boolean madeAnew() {
      return log.madeAnew();
    }

    @Override
    public long sureTo(int partition) {
      return log.sureTo(partition);
    }

    @Override
    public void lookSoon() {
      log.lookSoon();
    }

    @Override
    public int partitionCount() {
      return log.partitionCount();
    }

    @Override
    public void assign(Map<Integer, Long> nextOffsets) {
      log.assign(nextOffsets);
    }

    @Override
    public void seek(int partition, long offset) {
      log.seek(partition, offset);
    }

    @Override
    public List<LogRecord> poll(Duration timeout) throws OffsetGoneException {
      log.pause(stopped);
      return log.poll(timeout);
    }

    @Override
    public void pause(boolean paused) {}

    @Override
    public long lag(int partition) {
      long lag = log.lag(partition);
      return stopped && lag == 0 ? -1 : lag;
    }

    @Override
    public Map<Integer, Long> endOffsets(Collection<Integer> partitions) {
      return log.endOffsets(partitions);
    }

    @Override
    public long beginningOffset(int partition) {
      return log.beginningOffset(partition);
    }

    @Override
    public void commit(Map<Integer, Long> nextOffsets) {
      log.commit(new HashMap<>(nextOffsets));
    }

    @Override
    public void deadLetter(LogRecord record, String reason) {
      log.deadLetter(record, reason);
    }

    @Override
    public void close() {
      log.close();
    }
  }

  @Test
  void aMemberThatIsBehindIsPassedOverUntilItHasCaughtUp() throws Exception {
    BlockStore<Words> a = open(0, 2, 2);
    awaitReadingAlone(a);
    words.send(500);
    assertWhole(a);
    StoppedLog[] stopped = new StoppedLog[1];
    BlockStore<Words> b =
        started(
            1,
            2,
            words.open(
                new Membership(1, 2, 2, addresses(2)),
                this::carry,
                () ->
                    stopped[0] =
                        new StoppedLog(
                            KafkaRecordLog.open(
                                kafka.bootstrapServers(), words.format.topic(), words.name))));
    LiveWords.awaitReading(b);
    Await.until("b has heard of a", () -> !b.status().members().getFirst().partitions().isEmpty());

    // It holds every partition, but is not fresh: whoever is asked, the other one answers.
    assertThat(b.status().caughtUp()).isFalse();
    assertWhole(b);
    assertWhole(a);

    // Only one that is behind is left: it answers what it has, says how far that is, and does not
    // pretend to a caller who wants all.
    kill(0);
    Await.until("known to be away", () -> b.status().members().getFirst().away());
    HeadAnswers<List<Row>> stale = b.heads().ask(WordQuery.ALL, "blue", Consistency.EVENTUAL);
    assertThat(stale.partial()).isFalse();
    assertThat(stale.completeUntilMillis()).isLessThan(words.sent.getLast().timeMillis());
    assertThatThrownBy(() -> b.heads().ask(WordQuery.ALL, "blue", Consistency.STRONG))
        .hasMessageContaining("consistency: strong, but partition");

    stopped[0].go();
    awaitCaughtUp(b);
    assertWhole(b);
    BlockStore<Words> again = open(0, 2, 2);
    awaitCaughtUp(again);
    words.send(50);
    assertWhole(again);
    assertWhole(b);
  }

  private static void awaitReadingAlone(BlockStore<Words> store) {
    LiveWords.awaitReading(store);
    Await.until("the other is known to be away", () -> store.status().caughtUp());
  }

  @Test
  void anAnswerThatCannotBeReadIsAsGoodAsNone() throws Exception {
    List<BlockStore<Words>> all = IntStream.range(0, 4).mapToObj(i -> open(i, 4, 2)).toList();
    awaitCaughtUp(all);
    words.send(100);
    BlockStore<Words> asking = all.get(0);
    assertWhole(asking);

    garbling.add(URI.create("http://m2"));
    asked.clear();
    assertWhole(asking);
    assertThat(asked.stream().filter(ask -> ask.endsWith(" all")))
        .containsExactly("m2 all", "m3 all");
    assertThat(asking.status().unreadableAnswers()).isEqualTo(1);

    garbling.add(URI.create("http://m3"));
    HeadAnswers<List<Row>> partial =
        asking.heads().ask(WordQuery.ALL, "blue", Consistency.EVENTUAL);
    assertThat(partial.unreachable()).containsExactly(1);
    assertThat(asking.status().unreadableAnswers()).isEqualTo(3);
    assertThat(asking.status().members()).noneMatch(member -> member.away());
  }

  @Test
  void aMemberThatHangsCostsOneQueryItsPatienceAndTheNextNothing() throws Exception {
    List<BlockStore<Words>> all = IntStream.range(0, 4).mapToObj(i -> open(i, 4, 2)).toList();
    awaitCaughtUp(all);
    words.send(100);
    BlockStore<Words> asking = all.get(0);
    assertWhole(asking);

    hanging.add(URI.create("http://m2"));
    assertWhole(asking); // The probe that fails ends its waiting, and the other group answers.
    assertThat(asking.status().members().get(1).away()).isTrue();
    asked.clear();
    assertWhole(asking);
    assertThat(asked.stream().filter(ask -> ask.endsWith(" all"))).containsExactly("m3 all");

    hanging.clear();
    Await.until("known to be back", () -> !asking.status().members().get(1).away());
    asked.clear();
    assertWhole(asking);
    assertThat(asked.stream().filter(ask -> ask.endsWith(" all"))).containsExactly("m2 all");
  }
}
