package io.aom.blockstore;

/**
 * A part of which a column is not what the signal's format says. The message says where and what.
 */
public final class CorruptPartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient FoundPart part;

  public CorruptPartException(FoundPart part, RuntimeException cause) {
    super(part.id() + ": " + cause.getMessage(), cause);
    this.part = part;
  }

  FoundPart part() {
    return part;
  }
}
