package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CandidateTest {
  private static final long NOW = 1_000_000;
  private static final Peer A = new Peer(1, URI.create("http://a"));
  private static final Peer B = new Peer(2, URI.create("http://b"));

  private static Candidate self(long nextOffset, long completeUntil) {
    return candidate(null, nextOffset, completeUntil);
  }

  private static Candidate candidate(@Nullable Peer peer, long nextOffset, long completeUntil) {
    return new Candidate(peer, new Freshness(0, nextOffset, -1, completeUntil), false);
  }

  private static List<@Nullable Peer> order(Candidate... preferred) {
    return Candidate.inOrder(List.of(preferred)).stream()
        .<@Nullable Peer>map(Candidate::peer)
        .toList();
  }

  @Test
  void whoIsFreshIsAskedAsPreferred() {
    assertThat(order(self(90, NOW - 900), candidate(A, 100, NOW))).containsExactly(null, A);
    // The partition is idle: both have all of it, and only one has asked Kafka lately.
    assertThat(order(self(100, NOW - 900_000), candidate(A, 100, NOW))).containsExactly(null, A);
  }

  @Test
  void whoIsBehindIsAskedLater() {
    Candidate behind = self(50, NOW - 60_000);
    assertThat(order(behind, candidate(A, 100, NOW))).containsExactly(A, null);
    assertThat(order(behind, candidate(A, 40, NOW - 70_000), candidate(B, 100, NOW)))
        .containsExactly(B, null, A);
  }

  @Test
  void whoIsNotKnownComesBeforeWhoIsBehindAndWhoIsAwayComesLast() {
    Candidate unknown = new Candidate(A, null, false);
    Candidate away = new Candidate(B, new Freshness(0, 999, 999, NOW), true);
    assertThat(order(away, unknown, self(100, NOW))).containsExactly(null, A, B);
    assertThat(order(away, self(100, NOW - 60_000))).containsExactly(null, B);
  }

  @Test
  void anAnnouncementTravels() {
    Announcement said =
        new Announcement(
            "topic", 4, Map.of(1, new Freshness(1, 10, 12, NOW), 3, new Freshness(3, 0, -1, 0)));

    assertThat(Announcement.decode(said.encode())).isEqualTo(said);
    assertThat(Announcement.decode(new Announcement("", 0, Map.of()).encode()).held()).isEmpty();
  }

  @Test
  void anOlderMembersAnnouncementMayBeOfAnyTopic() {
    Freshness fresh = new Freshness(1, 10, 12, NOW);
    byte[] named = new Announcement("old", 4, Map.of(1, fresh)).encode();
    Announcement nameless =
        Announcement.decode(Arrays.copyOf(named, named.length - Short.BYTES - "old".length()));

    assertThat(nameless.topicId()).isEmpty();
    assertThat(nameless.freshness(1, "new")).isEqualTo(fresh);
    assertThat(nameless.partitionCount("new")).isEqualTo(4);
    assertThat(Announcement.decode(named).partitionCount("new")).isZero();
    assertThat(Announcement.decode(named).freshness(1, "new"))
        .isEqualTo(new Freshness(1, -1, -1, 0));
  }

  @Test
  void anAnnouncementThatPromisesMoreThanItHoldsIsRefused() {
    byte[] lie = ByteBuffer.allocate(8).putInt(4).putInt(Integer.MAX_VALUE).array();

    assertThatThrownBy(() -> Announcement.decode(lie))
        .isInstanceOf(IllegalArgumentException.class)
        .hasRootCauseMessage("count: 2147483647 (expected: at most 0)");
  }
}
