package io.aom.logs.block;

/** Bytes of a stored column that cannot be what was written; the message names the column. */
public final class CorruptColumnException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public CorruptColumnException(String message) {
    super(message);
  }

  public CorruptColumnException(String message, Throwable cause) {
    super(message, cause);
  }
}
