package io.aom.fuzz;

import io.aom.identity.Identity;
import io.aom.identity.IdentitySecret;
import io.aom.identity.IdentityTokens;
import io.aom.identity.InvalidIdentityException;
import io.aom.identity.Role;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A statement of who calls is refused as invalid if anybody but us wrote it, and if it was signed
 * with our secret but says what makes no sense.
 */
final class IdentityTarget implements Target {
  private static final byte[] KEY =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final String HEADER =
      BASE64.encodeToString("{\"alg\":\"HS256\"}".getBytes(StandardCharsets.US_ASCII));

  private final IdentityTokens tokens =
      new IdentityTokens(
          IdentitySecret.of(Base64.getEncoder().encodeToString(KEY)),
          InstantSource.fixed(Instant.ofEpochMilli(SplitTarget.NOW)));

  @Override
  public List<byte[]> seeds() {
    long now = SplitTarget.NOW / 1000;
    String claims =
        "{\"sub\":\"key-1\",\"tenant\":\"acme\",\"roles\":[\"agent\",\"viewer\"],\"iat\":"
            + now
            + ",\"exp\":"
            + (now + 60)
            + "}";
    String minted = tokens.mint(new Identity("key-1", SplitTarget.TENANT, Set.of(Role.AGENT)));
    return List.of(
        claims.getBytes(StandardCharsets.UTF_8), minted.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void check(byte[] input) {
    Checks.taken(
        InvalidIdentityException.class,
        () -> tokens.verify(new String(input, StandardCharsets.UTF_8)));
    Checks.taken(InvalidIdentityException.class, () -> tokens.verify(signed(input)));
  }

  private static String signed(byte[] claims) throws GeneralSecurityException {
    String content = HEADER + "." + BASE64.encodeToString(claims);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
    return content
        + "."
        + BASE64.encodeToString(mac.doFinal(content.getBytes(StandardCharsets.US_ASCII)));
  }
}
