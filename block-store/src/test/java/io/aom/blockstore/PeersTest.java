package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.BlockStore.Status.Member;
import io.aom.blockstore.Heads.Consistency;
import io.aom.blockstore.WordFormat.Row;
import io.aom.blockstore.WordFormat.Words;
import io.aom.testkit.Await;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What members think of one another, between two looks as well: two groups of two members, of which
 * the first is asked and what becomes of its own questions is up to the test.
 */
class PeersTest {
  private static final List<URI> ADDRESSES =
      IntStream.range(0, 4).mapToObj(i -> URI.create("http://m" + i)).toList();
  private static final URI BACK = ADDRESSES.get(2);
  private static final URI TWIN = ADDRESSES.get(3);

  /** What a question comes to before it is answered. */
  @FunctionalInterface
  private interface Way {
    void go(String query) throws IOException;
  }

  private final List<BlockStore<Words>> members = new ArrayList<>();
  private final Map<URI, Way> ways = new ConcurrentHashMap<>();
  private volatile boolean older;

  @BeforeEach
  void open() {
    for (int ordinal = 0; ordinal < ADDRESSES.size(); ordinal++) {
      BlockStore<Words> member =
          new BlockStore<>(
              new WordFormat(50),
              new BlockStoreSettings(
                  "none",
                  "none",
                  new Membership(ordinal, ADDRESSES.size(), 2, ADDRESSES),
                  new SealPolicy(
                      200, 1 << 20, Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ZERO),
                  MergeSettings.OFF,
                  Retention.ofAll(Duration.ofDays(30)),
                  64 << 20,
                  1 << 20),
              new MemoryCatalogue(),
              () -> new MemoryLog(2),
              ordinal == 0 ? this::ask : (peer, query, request, timeout) -> refuse(query),
              InstantSource.system(),
              Step.Listener.NONE);
      member.serve(WordQuery.ALL);
      members.add(member);
    }
    members.forEach(BlockStore::start);
    members.forEach(member -> Await.until("reading", () -> member.status().reading()));
    Await.until(
        "has heard of all",
        () ->
            members.getFirst().status().members().stream()
                .noneMatch(other -> other.partitions().isEmpty()));
  }

  @AfterEach
  void close() {
    members.forEach(BlockStore::close);
  }

  private byte[] ask(URI peer, String query, byte[] request, Duration timeout) throws IOException {
    Way way = ways.get(peer);
    if (way != null) {
      way.go(query);
    }
    byte[] answer = carry(peer, query, request, timeout);
    return older && !query.equals(Announcement.NAME) ? asOlderMembers(answer) : answer;
  }

  /** As members answered that did not say yet of which topic they speak. */
  private static byte[] asOlderMembers(byte[] answerOfOnePartition) {
    int topic = Short.BYTES + "topic".length();
    return Arrays.copyOf(answerOfOnePartition, answerOfOnePartition.length - topic);
  }

  private byte[] carry(URI peer, String query, byte[] request, Duration timeout) {
    return members.get(ADDRESSES.indexOf(peer)).answer(query, request);
  }

  private static byte[] refuse(String query) throws IOException {
    throw new ConnectException(query + ": connection refused");
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(Await.BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted while waiting", e);
    }
  }

  private HeadAnswers<List<Row>> askAll(Consistency consistency) {
    return members.getFirst().heads().ask(WordQuery.ALL, "blue", consistency);
  }

  private boolean away(URI address) {
    return members.getFirst().status().members().stream()
        .filter(member -> member.address().equals(address))
        .anyMatch(Member::away);
  }

  private void assertWhole() {
    assertThat(askAll(Consistency.EVENTUAL).unreachable()).isEmpty();
    assertThat(askAll(Consistency.STRONG).unreachable()).isEmpty();
  }

  @Test
  void anAnswerSaysOfWhichTopicItIsAndAnOlderMembersIsOfAny() {
    assertThat(askAll(Consistency.EVENTUAL).held().from())
        .isEqualTo(Map.of(0, new HeldFrom("topic", 0), 1, new HeldFrom("topic", 0)));
    older = true;
    Held held = askAll(Consistency.EVENTUAL).held();
    assertThat(held.from()).isEqualTo(Map.of(0, new HeldFrom("topic", 0), 1, new HeldFrom("", 0)));
    assertThat(held.holds("made anew", 0, 5)).isFalse();
    assertThat(held.holds("made anew", 1, 5)).isTrue();
  }

  @Test
  void aMemberThatIsBackIsAskedBeforeItIsLookedAtAgain() {
    CountDownLatch lookedAt = new CountDownLatch(2);
    CountDownLatch over = new CountDownLatch(1);
    ways.put(
        BACK,
        query -> {
          lookedAt.countDown();
          if (lookedAt.getCount() == 0) {
            await(over);
          }
          throw new SocketTimeoutException(query + ": no answer in time");
        });
    await(lookedAt);
    assertThat(away(BACK)).isTrue();
    ways.put(TWIN, PeersTest::refuse);
    assertThat(askAll(Consistency.EVENTUAL).unreachable()).containsExactly(1);

    // It is there again and has looked at the others, of whom one still waits for it in vain.
    ways.remove(BACK);
    carry(ADDRESSES.getFirst(), Announcement.NAME, Announcement.request(2), Duration.ZERO);
    assertWhole();
    over.countDown();
    assertWhole();
    Await.until("looked at", () -> !away(BACK));
    assertWhole();
  }

  @Test
  void aMemberThatRefusesIsAskedIfNobodyElseIsLeft() {
    ways.put(BACK, PeersTest::refuse);
    Await.until("away", () -> away(BACK));
    assertWhole();

    ways.put(TWIN, PeersTest::refuse);
    ways.put(
        BACK,
        query -> {
          if (query.equals(Announcement.NAME)) {
            refuse(query);
          }
        });
    assertWhole();
  }

  @Test
  void aLookThatFailsEndsNoQuestionThatIsStillAnswered() {
    ways.put(TWIN, PeersTest::refuse);
    ways.put(
        BACK,
        query -> {
          if (query.equals(Announcement.NAME)) {
            refuse(query);
          }
          Await.until("the look has failed", () -> away(BACK));
        });
    assertThat(askAll(Consistency.EVENTUAL).unreachable()).isEmpty();
  }

  @Test
  void aQuestionThatTakesTooLongMakesNobodyAway() {
    ways.put(
        BACK,
        query -> {
          if (!query.equals(Announcement.NAME)) {
            throw new SocketTimeoutException(query + ": no answer in time");
          }
        });
    // The other group answers, and others may still ask the member what it can answer in time.
    assertWhole();
    assertThat(away(BACK)).isFalse();
  }
}
