package io.aom.blockstore;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Carries a question to another member and its answer back. Called from several threads. */
@FunctionalInterface
public interface PeerClient {

  /**
   * Asks the member at {@code peer}, whose {@link BlockStore#answer} gets these bytes. May be
   * interrupted.
   *
   * @throws PeerFailedException if it answered that it cannot
   * @throws io.aom.telemetry.RejectedException if it refused the question, as any member would
   * @throws java.net.SocketTimeoutException if it does not answer in time
   * @throws IOException if it cannot be reached, or breaks off
   */
  byte[] ask(URI peer, String query, byte[] request, Duration timeout) throws IOException;

  /**
   * What another thread is to do for this one, with what belongs to this thread (the trace it works
   * for, say).
   */
  default <T> Callable<T> within(Callable<T> work) {
    return work;
  }
}
