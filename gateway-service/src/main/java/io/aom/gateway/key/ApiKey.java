package io.aom.gateway.key;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A key as its holder has it: {@code aom_<id>_<secret>}. The id is no secret; it finds the record,
 * and people and logs name the key by it.
 */
public final class ApiKey {
  private static final Pattern FORM =
      Pattern.compile("aom_([a-z0-9-]{1,32})_([A-Za-z0-9]{20,128})");
  private static final int ID_BYTES = 8;
  private static final int SECRET_BYTES = 24;
  private static final int MAX_LENGTH = 180;

  private final String id;
  private final String text;

  private ApiKey(String id, String text) {
    this.id = id;
    this.text = text;
  }

  /** A new key with a random id and 192 bits of secret. */
  public static ApiKey random(SecureRandom random) {
    return random(hex(random, ID_BYTES), random);
  }

  /** A new key with a given id. */
  public static ApiKey random(String id, SecureRandom random) {
    return new ApiKey(id, "aom_" + id + "_" + hex(random, SECRET_BYTES));
  }

  /** Reads a key; null if the text is not of this form. */
  public static @Nullable ApiKey parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return null;
    }
    Matcher matcher = FORM.matcher(text);
    return matcher.matches() ? new ApiKey(matcher.group(1), text) : null;
  }

  public String id() {
    return id;
  }

  /** The whole key, to be shown once. */
  public String reveal() {
    return text;
  }

  /**
   * SHA-256 of the whole key, in hex. A slow hash would add nothing: the secret is random and long,
   * so there is no list of likely ones to try.
   */
  public String hash() {
    return HexFormat.of().formatHex(digest());
  }

  /** Whether this key has that {@link #hash()}; takes the same time whatever the answer. */
  public boolean matches(String hash) {
    return MessageDigest.isEqual(
        hash().getBytes(StandardCharsets.US_ASCII), hash.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public String toString() {
    return "aom_" + id + "_****";
  }

  private byte[] digest() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 (expected: in every JDK)", e);
    }
  }

  private static String hex(SecureRandom random, int bytes) {
    byte[] drawn = new byte[bytes];
    random.nextBytes(drawn);
    return HexFormat.of().formatHex(drawn);
  }
}
