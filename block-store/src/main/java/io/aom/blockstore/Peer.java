package io.aom.blockstore;

import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Another member, as this one knows it. Thread-safe. */
final class Peer {
  private final int ordinal;
  private final URI address;
  private final Set<Question> pending = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Announcement said;
  private volatile boolean away;
  private volatile boolean silent;
  private long heardNanos = System.nanoTime();

  Peer(int ordinal, URI address) {
    this.ordinal = ordinal;
    this.address = address;
  }

  int ordinal() {
    return ordinal;
  }

  URI address() {
    return address;
  }

  /** What it said last; null if it has not said anything yet. */
  @Nullable Announcement said() {
    return said;
  }

  /** Whether it did not answer when it was asked last. */
  boolean away() {
    return away;
  }

  /** Whether whoever asks it waits in vain, rather than is refused at once. */
  boolean silent() {
    return silent;
  }

  /** Notes an answer; true if it was away before. */
  synchronized boolean answered(Announcement announcement) {
    said = announcement;
    boolean back = away;
    away = false;
    silent = false;
    return back;
  }

  /**
   * Notes that it asked something itself: it is there, whatever becomes of what it was asked
   * before.
   */
  synchronized void heard() {
    heardNanos = System.nanoTime();
    silent = false;
  }

  /**
   * Notes that asking it failed at once: it cannot be reached, or does not answer as it should.
   *
   * @return whether it was not away before
   */
  synchronized boolean refused() {
    boolean gone = !away;
    silent = false;
    away = true;
    return gone;
  }

  /**
   * Notes that it did not answer in time. Unless it was heard since, this ends what waits for it.
   *
   * @param askedNanos {@link System#nanoTime} when it was asked
   * @return whether it was not away before
   */
  synchronized boolean timedOut(long askedNanos) {
    boolean gone = !away;
    silent = askedNanos - heardNanos > 0;
    away = true;
    if (silent) {
      pending.forEach(question -> question.answer().cancel(true));
    }
    return gone;
  }

  void waitsFor(Question question) {
    pending.add(question);
  }

  void done(Question question) {
    pending.remove(question);
  }

  /** A question on its way to this member; equal to no other. */
  static final class Question {
    private final Peer peer;
    private final Future<byte[]> answer;

    Question(Peer peer, Future<byte[]> answer) {
      this.peer = peer;
      this.answer = answer;
    }

    Peer peer() {
      return peer;
    }

    Future<byte[]> answer() {
      return answer;
    }
  }
}
