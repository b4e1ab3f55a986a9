package io.aom.standalone;

/** AOM cannot do what was asked here and now; the message is one line that says what to do. */
final class UsageException extends Exception {
  private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
