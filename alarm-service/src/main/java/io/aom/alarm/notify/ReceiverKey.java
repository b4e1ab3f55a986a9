package io.aom.alarm.notify;

import io.aom.alarm.rule.Receiver;
import io.aom.telemetry.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names a tenant's receiver without telling its address. */
final class ReceiverKey {
  private static final int BYTES = 8;

  private ReceiverKey() {}

  static String of(TenantId tenant, Receiver receiver) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((tenant.value() + " " + receiver.url()).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 (expected: in every JDK)", e);
    }
  }
}
