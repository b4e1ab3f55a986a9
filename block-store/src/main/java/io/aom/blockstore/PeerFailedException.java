package io.aom.blockstore;

import java.io.IOException;

/** A member is there but could not answer a question. */
public final class PeerFailedException extends IOException {
  private static final long serialVersionUID = 1L;

  public PeerFailedException(String message) {
    super(message);
  }
}
