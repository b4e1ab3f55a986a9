package io.aom.blockstore;

import java.net.URI;

/** Carries a head query to another member and its answer back. Called from several threads. */
@FunctionalInterface
public interface PeerClient {

  /**
   * Asks the member at {@code peer}, whose {@link BlockStore#answer} gets these bytes.
   *
   * @throws java.io.IOException if it cannot be reached, or does not answer in time
   */
  byte[] ask(URI peer, String query, byte[] request) throws java.io.IOException;
}
