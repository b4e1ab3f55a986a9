package io.aom.alarm.state;

import io.aom.alarm.rule.AlarmRule;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;

/**
 * Names a label set under a rule: 16 hex digits of SHA-256 over tenant, rule and labels. The rule's
 * own labels are not part of it, so editing them keeps the alarm.
 */
public final class Fingerprint {
  private static final int BYTES = 8;

  private Fingerprint() {}

  public static String of(AlarmRule rule, SortedMap<String, String> labels) {
    MessageDigest digest = sha256();
    put(digest, rule.tenant().value());
    put(digest, rule.id());
    labels.forEach(
        (name, value) -> {
          put(digest, name);
          put(digest, value);
        });
    return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
  }

  /** Each text ends with a byte that UTF-8 never has, so no two lists of texts look alike. */
  private static void put(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0xFF);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 (expected: in every JDK)", e);
    }
  }
}
