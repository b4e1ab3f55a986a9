package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.BlockStore.Status.Member;
import io.aom.blockstore.Heads.Consistency;
import io.aom.testkit.Await;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What members think of one another, between two looks as well: two groups of two members, of which
 * the first is asked and what becomes of its own questions is up to the test.
 */
class PeersTest {
  private static final URI BACK = Members.ADDRESSES.get(2);
  private static final URI TWIN = Members.ADDRESSES.get(3);

  /** What a question comes to before it is answered. */
  @FunctionalInterface
  private interface Way {
    void go(String query) throws IOException;
  }

  private final Members members = new Members();
  private final Map<URI, Way> ways = new ConcurrentHashMap<>();
  private volatile boolean older;

  @BeforeEach
  void open() {
    members.open(
        Stream.generate(() -> new MemoryLog(2)).limit(Members.ADDRESSES.size()).toList(),
        ordinal ->
            ordinal == 0 ? this::ask : (peer, query, request, timeout) -> Members.refuse(query));
  }

  @AfterEach
  void close() {
    members.close();
  }

  private byte[] ask(URI peer, String query, byte[] request, Duration timeout) throws IOException {
    Way way = ways.get(peer);
    if (way != null) {
      way.go(query);
    }
    byte[] answer = members.carry(peer, query, request);
    return older && !query.equals(Announcement.NAME) ? asOlderMembers(answer) : answer;
  }

  /** As members answered that did not say yet of which topic they speak. */
  private static byte[] asOlderMembers(byte[] answerOfOnePartition) {
    int topic = Short.BYTES + "topic".length();
    return Arrays.copyOf(answerOfOnePartition, answerOfOnePartition.length - topic);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(Await.BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted while waiting", e);
    }
  }

  private boolean away(URI address) {
    return members.first().status().members().stream()
        .filter(member -> member.address().equals(address))
        .anyMatch(Member::away);
  }

  private void assertWhole() {
    assertThat(members.ask(Consistency.EVENTUAL).unreachable()).isEmpty();
    assertThat(members.ask(Consistency.STRONG).unreachable()).isEmpty();
  }

  @Test
  void anAnswerSaysOfWhichTopicItIsAndAnOlderMembersIsOfAny() {
    assertThat(members.ask(Consistency.EVENTUAL).held().from())
        .isEqualTo(Map.of(0, new HeldFrom("topic", 0), 1, new HeldFrom("topic", 0)));
    older = true;
    Held held = members.ask(Consistency.EVENTUAL).held();
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
    ways.put(TWIN, Members::refuse);
    assertThat(members.ask(Consistency.EVENTUAL).unreachable()).containsExactly(1);

    // It is there again and has looked at the others, of whom one still waits for it in vain.
    ways.remove(BACK);
    members.carry(Members.ADDRESSES.getFirst(), Announcement.NAME, Announcement.request(2));
    assertWhole();
    over.countDown();
    assertWhole();
    Await.until("looked at", () -> !away(BACK));
    assertWhole();
  }

  @Test
  void aMemberThatRefusesIsAskedIfNobodyElseIsLeft() {
    ways.put(BACK, Members::refuse);
    Await.until("away", () -> away(BACK));
    assertWhole();

    ways.put(TWIN, Members::refuse);
    ways.put(
        BACK,
        query -> {
          if (query.equals(Announcement.NAME)) {
            Members.refuse(query);
          }
        });
    assertWhole();
  }

  @Test
  void aLookThatFailsEndsNoQuestionThatIsStillAnswered() {
    ways.put(TWIN, Members::refuse);
    ways.put(
        BACK,
        query -> {
          if (query.equals(Announcement.NAME)) {
            Members.refuse(query);
          }
          Await.until("the look has failed", () -> away(BACK));
        });
    assertThat(members.ask(Consistency.EVENTUAL).unreachable()).isEmpty();
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
