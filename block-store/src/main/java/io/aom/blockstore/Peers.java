package io.aom.blockstore;

import io.aom.blockstore.Peer.Question;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other members. Each is asked every second what it holds and how fresh that is. One that does
 * not answer is away until it answers again. If it does not even refuse, queries do not wait for
 * it, until it answers again or asks something itself.
 */
final class Peers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Peers.class);
  private static final Duration PROBE_EVERY = Duration.ofSeconds(1);
  private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(3);

  private final String signal;
  private final List<Peer> all;
  private final PeerClient client;
  private final byte[] probe;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  Peers(String signal, Membership membership, PeerClient client) {
    this.signal = signal;
    this.client = client;
    this.probe = Announcement.request(membership.ordinal());
    this.all =
        IntStream.range(0, membership.count())
            .filter(ordinal -> ordinal != membership.ordinal())
            .mapToObj(ordinal -> new Peer(ordinal, membership.peers().get(ordinal)))
            .toList();
  }

  List<Peer> all() {
    return all;
  }

  /**
   * A topic's partitions as others see them; 0 if none does.
   *
   * @param topicId null if not known: those of any topic
   */
  int partitionCount(@Nullable String topicId) {
    int most = 0;
    for (Peer peer : all) {
      Announcement said = peer.said();
      most = said == null ? most : Math.max(most, said.partitionCount(topicId));
    }
    return most;
  }

  /** Begins to ask all others, each at its own pace. */
  void start() {
    all.forEach(peer -> threads.execute(() -> probeForever(peer)));
  }

  private void probeForever(Peer peer) {
    try {
      while (!threads.isShutdown()) {
        probe(peer);
        Thread.sleep(PROBE_EVERY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void probe(Peer peer) {
    long begin = System.nanoTime();
    try {
      byte[] answer = client.ask(peer.address(), Announcement.NAME, probe, PROBE_TIMEOUT);
      if (peer.answered(Announcement.decode(answer))) {
        LOG.info("member is back signal={} member={}", signal, peer.ordinal());
      }
    } catch (SocketTimeoutException e) {
      away(peer, peer.timedOut(begin), e);
    } catch (IOException | RuntimeException e) {
      away(peer, peer.refused(), e);
    }
  }

  /** Takes in that another member asked what this one holds. */
  void heard(int ordinal) {
    all.stream().filter(peer -> peer.ordinal() == ordinal).forEach(Peer::heard);
  }

  private void away(Peer peer, boolean gone, Exception e) {
    if (gone && !threads.isShutdown()) {
      LOG.warn(
          "member is away signal={} member={} address={} reason={}",
          signal,
          peer.ordinal(),
          peer.address(),
          e.toString());
    }
  }

  /** Sends a question; {@link #await} has the answer. */
  Question ask(Peer peer, String query, byte[] request, Duration timeout) {
    Question asked =
        new Question(
            peer,
            threads.submit(
                client.within(() -> client.ask(peer.address(), query, request, timeout))));
    peer.waitsFor(asked);
    return asked;
  }

  /**
   * Waits for an answer, but no longer than the member answers to what it is asked otherwise.
   *
   * @throws PeerFailedException if it cannot answer this
   * @throws IOException if it does not answer
   * @throws io.aom.telemetry.RejectedException if it refuses the question
   */
  byte[] await(Question asked) throws IOException {
    Peer peer = asked.peer();
    try {
      return asked.answer().get();
    } catch (CancellationException e) {
      throw new IOException("member " + peer.ordinal() + " is away", e);
    } catch (InterruptedException e) {
      asked.answer().cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for member " + peer.ordinal(), e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case PeerFailedException failure -> throw failure;
        // Probes find out whether it is silent; one question may take long for its own reasons.
        case SocketTimeoutException failure -> throw failure;
        case IOException failure -> {
          away(peer, peer.refused(), failure);
          throw failure;
        }
        case RuntimeException failure -> throw failure;
        case null, default -> throw new IllegalStateException("asking failed", e.getCause());
      }
    } finally {
      peer.done(asked);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
