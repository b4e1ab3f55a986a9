package io.aom.topology.column;

/** A stored column that is not what its format says. The message says where and what. */
public final class MalformedColumnException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public MalformedColumnException(String message) {
    super(message);
  }
}
