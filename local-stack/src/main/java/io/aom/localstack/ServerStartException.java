package io.aom.localstack;

/** A server did not come up. The message is one line for a person, the log file is in it. */
public final class ServerStartException extends Exception {
  private static final long serialVersionUID = 1;

  /** {@code message} says which server, why, and where to read more. */
  public ServerStartException(String message) {
    super(message);
  }

  /** As the other one, with the error that led to it. */
  public ServerStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
