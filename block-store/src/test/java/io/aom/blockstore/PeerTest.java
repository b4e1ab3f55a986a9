package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.Peer.Question;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PeerTest {
  private final Peer peer = new Peer(2, URI.create("http://m2"));
  private final CompletableFuture<byte[]> answer = new CompletableFuture<>();

  @Test
  void whoWaitsForASilentMemberIsTold() {
    long asked = System.nanoTime();
    peer.waitsFor(new Question(peer, answer));

    assertThat(peer.timedOut(asked)).isTrue();

    assertThat(answer).isCancelled();
    assertThat(peer.silent()).isTrue();
  }

  @Test
  void anOldLookThatTimesOutEndsNoQuestionToAMemberThatWasHeardSince() {
    long asked = System.nanoTime() - 1;
    peer.heard();
    peer.waitsFor(new Question(peer, answer));

    assertThat(peer.timedOut(asked)).isTrue();

    assertThat(answer).isNotDone();
    assertThat(peer.away()).isTrue();
    assertThat(peer.silent()).isFalse();
  }
}
