package io.aom.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.telemetry.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTokensTest {
  private static final byte[] KEY =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final IdentitySecret SECRET =
      IdentitySecret.of(Base64.getEncoder().encodeToString(KEY));
  private static final Identity CALLER =
      new Identity("k1", new TenantId("default"), Set.of(Role.EDITOR, Role.AGENT));
  private static final long NOW = 1_700_000_000;

  private Instant now = Instant.ofEpochSecond(NOW);
  private final IdentityTokens tokens = new IdentityTokens(SECRET, () -> now);

  @Test
  void readsBackWhatWasStated() throws InvalidIdentityException {
    assertThat(tokens.verify(tokens.mint(CALLER))).isEqualTo(CALLER);
  }

  @ParameterizedTest(name = "{0} s after minting: believed {1}")
  @CsvSource({"0, true", "60, true", "69, true", "70, false", "-10, true", "-11, false"})
  void holdsForItsLifeAndTheSkewOfClocks(long seconds, boolean believed) {
    String token = tokens.mint(CALLER);
    now = now.plusSeconds(seconds);

    assertThat(isBelieved(token)).isEqualTo(believed);
  }

  @ParameterizedTest(name = "believed before, {0} s after minting: believed {1}")
  @CsvSource({"0, true", "69, true", "70, false", "-11, false"})
  void whatWasBelievedOnceHoldsNoLonger(long seconds, boolean believed) {
    String token = tokens.mint(CALLER);
    assertThat(isBelieved(token)).isTrue();
    now = now.plusSeconds(seconds);

    assertThat(isBelieved(token)).isEqualTo(believed);
  }

  @Test
  void remembersNoMoreThanItHasRoomFor() throws InvalidIdentityException {
    for (int i = 0; i < 3_000; i++) {
      Identity caller = new Identity("k" + i, new TenantId("default"), Set.of(Role.AGENT));
      String token = tokens.mint(caller);
      assertThat(tokens.verify(token)).isEqualTo(caller);
      assertThat(tokens.verify(token)).isEqualTo(caller);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          as we write it           | {"alg":"HS256"} | {"sub":"k","tenant":"t","roles":["admin"],"iat":1700000000,"exp":1700000060} | true
          longer life than allowed | {"alg":"HS256"} | {"sub":"k","tenant":"t","roles":["admin"],"iat":1700000000,"exp":1700000061} | false
          no end                   | {"alg":"HS256"} | {"sub":"k","tenant":"t","roles":["admin"],"iat":1700000000} | false
          no start                 | {"alg":"HS256"} | {"sub":"k","tenant":"t","roles":["admin"],"exp":1700000060} | false
          no tenant                | {"alg":"HS256"} | {"sub":"k","roles":["admin"],"iat":1700000000,"exp":1700000060} | false
          tenant with a path       | {"alg":"HS256"} | {"sub":"k","tenant":"../x","roles":["admin"],"iat":1700000000,"exp":1700000060} | false
          no roles                 | {"alg":"HS256"} | {"sub":"k","tenant":"t","roles":[],"iat":1700000000,"exp":1700000060} | false
          unknown role             | {"alg":"HS256"} | {"sub":"k","tenant":"t","roles":["root"],"iat":1700000000,"exp":1700000060} | false
          roles not a list         | {"alg":"HS256"} | {"sub":"k","tenant":"t","roles":"admin","iat":1700000000,"exp":1700000060} | false
          no subject               | {"alg":"HS256"} | {"tenant":"t","roles":["admin"],"iat":1700000000,"exp":1700000060} | false
          another algorithm        | {"alg":"HS512"} | {"sub":"k","tenant":"t","roles":["admin"],"iat":1700000000,"exp":1700000060} | false
          no algorithm             | {"alg":"none"}  | {"sub":"k","tenant":"t","roles":["admin"],"iat":1700000000,"exp":1700000060} | false
          unknown critical header  | {"alg":"HS256","crit":["b"],"b":1} | {"sub":"k","tenant":"t","roles":["admin"],"iat":1700000000,"exp":1700000060} | false
          """)
  void believesOnlyItsOwnForm(String situation, String header, String claims, boolean believed)
      throws Exception {
    assertThat(isBelieved(sign(header, claims))).isEqualTo(believed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a.b.c", "not a token", "e30.e30.", "e30.e30.AAAA"})
  void refusesWhatIsNoToken(String token) {
    assertThat(isBelieved(token)).isFalse();
  }

  @Test
  void refusesAnotherInstallationsSignature() {
    IdentitySecret other = IdentitySecret.of(Base64.getEncoder().encodeToString(new byte[32]));

    assertThat(isBelieved(new IdentityTokens(other, () -> now).mint(CALLER))).isFalse();
  }

  @Test
  void refusesChangedClaims() {
    String[] parts = tokens.mint(CALLER).split("\\.");
    String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
    String forged = claims.replace("editor", "admin");
    assertThat(forged).isNotEqualTo(claims);

    assertThat(isBelieved(parts[0] + "." + base64Url(forged) + "." + parts[2])).isFalse();
  }

  @Test
  void refusesVeryLongTokensUnread() {
    assertThat(isBelieved("a".repeat(3000))).isFalse();
  }

  @Test
  void secretIsNeverPrinted() {
    assertThat(SECRET.toString()).isEqualTo("IdentitySecret[****]");
  }

  @ParameterizedTest(name = "secret {0}")
  @CsvSource({"c2hvcnQ=, 5 bytes", "%%%, not Base64"})
  void weakSecretsAreRefusedWithoutRepeatingThem(String base64, String reason) {
    assertThatThrownBy(() -> IdentitySecret.of(base64))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason)
        .hasMessageNotContaining(base64);
  }

  private boolean isBelieved(String token) {
    try {
      tokens.verify(token);
      return true;
    } catch (InvalidIdentityException e) {
      return false;
    }
  }

  private static String sign(String header, String claims) throws Exception {
    String signed = base64Url(header) + "." + base64Url(claims);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
    return signed
        + "."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
  }

  private static String base64Url(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
