package io.aom.metrics.chunk;

/** Bytes that are not the block column they should be. The message says where and what. */
public final class CorruptChunkException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public CorruptChunkException(String message) {
    super(message);
  }

  public CorruptChunkException(String message, Throwable cause) {
    super(message, cause);
  }
}
