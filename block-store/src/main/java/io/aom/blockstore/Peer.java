package io.aom.blockstore;

import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Another member, as this one knows it. Thread-safe. */
final class Peer {
  private static final long SILENT_AFTER_MILLIS = 1_500;

  private final int ordinal;
  private final URI address;
  private final Set<Question> pending = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Announcement said;
  private volatile boolean away;
  private volatile boolean silent;

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

  /** Whether it let the one who asked wait, rather than refuse at once. */
  boolean silent() {
    return silent;
  }

  /** Notes an answer; true if it was away before. */
  boolean answered(Announcement announcement) {
    said = announcement;
    boolean back = away;
    away = false;
    silent = false;
    return back;
  }

  /**
   * Notes that it did not answer, and ends what waits for it.
   *
   * @param afterMillis how long it took to know
   * @return whether it was not away before
   */
  boolean failed(long afterMillis) {
    boolean gone = !away;
    silent = afterMillis >= SILENT_AFTER_MILLIS;
    away = true;
    pending.forEach(question -> question.answer().cancel(true));
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
    private final long sentNanos = System.nanoTime();

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

    /** {@link System#nanoTime} when it was sent. */
    long sentNanos() {
      return sentNanos;
    }
  }
}
