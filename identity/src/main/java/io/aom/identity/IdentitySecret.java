package io.aom.identity;

import java.util.Base64;

/** The key that all services of one installation share to sign identities. Never printed. */
public final class IdentitySecret {
  /** Least length of the key in bytes: the output size of HMAC-SHA-256 (RFC 7518, 3.2). */
  public static final int MIN_BYTES = 32;

  private final byte[] key;

  private IdentitySecret(byte[] key) {
    this.key = key;
  }

  /**
   * Reads a secret; the name makes Spring's binder use it for properties.
   *
   * @param base64 at least {@value #MIN_BYTES} bytes in standard Base64
   * @throws IllegalArgumentException if it is shorter or not Base64; the message does not repeat it
   */
  public static IdentitySecret of(String base64) {
    byte[] key;
    try {
      key = Base64.getDecoder().decode(base64.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("aom.identity.secret: not Base64 (expected: Base64)", e);
    }
    if (key.length < MIN_BYTES) {
      throw new IllegalArgumentException(
          "aom.identity.secret: " + key.length + " bytes (expected: >= " + MIN_BYTES + ")");
    }
    return new IdentitySecret(key);
  }

  byte[] key() {
    return key;
  }

  @Override
  public String toString() {
    return "IdentitySecret[****]";
  }
}
