package io.aom.identity;

/** A statement of identity that must not be believed: forged, expired or not readable. */
public final class InvalidIdentityException extends Exception {
  private static final long serialVersionUID = 1L;

  public InvalidIdentityException(String message) {
    super(message);
  }

  public InvalidIdentityException(String message, Throwable cause) {
    super(message, cause);
  }
}
