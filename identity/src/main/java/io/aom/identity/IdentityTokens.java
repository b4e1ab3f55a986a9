package io.aom.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeyLengthException;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.aom.telemetry.TenantId;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes and reads the signed statement of identity: a compact JWS (RFC 7515) with HS256 and the
 * claims {@code sub}, {@code tenant}, {@code roles}, {@code iat} and {@code exp}.
 *
 * <p>Safe for use by many threads.
 */
public final class IdentityTokens {
  /** The header that carries the statement between services. */
  public static final String HEADER = "X-AOM-Identity";

  /** How long a statement is good for. */
  public static final Duration LIFE = Duration.ofSeconds(60);

  /** How far the clocks of two machines may differ. */
  static final Duration CLOCK_SKEW = Duration.ofSeconds(10);

  /** No statement of ours is longer, so nothing longer is parsed. */
  private static final int MAX_CHARS = 2048;

  /** Statements remembered at once: callers within {@link #LIFE}, each with two of them or so. */
  private static final int MOST_REMEMBERED = 1_024;

  private static final JWSHeader JWS_HEADER = new JWSHeader(JWSAlgorithm.HS256);

  private final MACSigner signer;
  private final MACVerifier verifier;
  private final InstantSource clock;

  /**
   * What good statements said: each comes with very many requests, and reading one costs more than
   * all else that a small request needs. A bad one is never remembered.
   */
  private final Map<String, Statement> remembered = new ConcurrentHashMap<>();

  /** What a statement says, whether or not it holds now. */
  private record Statement(Identity identity, Instant issued, Instant expires) {}

  public IdentityTokens(IdentitySecret secret, InstantSource clock) {
    try {
      this.signer = new MACSigner(secret.key());
      this.verifier = new MACVerifier(secret.key());
    } catch (KeyLengthException e) {
      throw new IllegalArgumentException("aom.identity.secret: " + e.getMessage(), e);
    } catch (JOSEException e) {
      throw new IllegalStateException("HS256 (expected: in every JDK)", e);
    }
    this.clock = clock;
  }

  /** States {@code identity} for the next {@link #LIFE}. */
  public String mint(Identity identity) {
    Instant now = clock.instant();
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .subject(identity.subject())
            .claim("tenant", identity.tenant().value())
            .claim("roles", identity.roles().stream().sorted().map(Role::wireName).toList())
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(LIFE)))
            .build();
    SignedJWT token = new SignedJWT(JWS_HEADER, claims);
    try {
      token.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("HS256 (expected: in every JDK)", e);
    }
    return token.serialize();
  }

  /**
   * Reads a statement.
   *
   * @throws InvalidIdentityException if it is not signed by the shared secret, is not of this form,
   *     has expired, or claims a longer life than {@link #LIFE}
   */
  public Identity verify(String token) throws InvalidIdentityException {
    if (token.length() > MAX_CHARS) {
      throw new InvalidIdentityException(
          "identity: " + token.length() + " characters (expected: <= " + MAX_CHARS + ")");
    }
    Statement known = remembered.get(token);
    Statement statement = known == null ? signed(token) : known;
    checkTimes(statement);
    if (known == null) {
      if (remembered.size() >= MOST_REMEMBERED) {
        remembered.clear(); // most of them have expired; those that have not are read once more
      }
      remembered.put(token, statement);
    }
    return statement.identity();
  }

  /** What the statement says, if it is one of this installation. */
  private Statement signed(String token) throws InvalidIdentityException {
    try {
      SignedJWT jwt = SignedJWT.parse(token);
      if (!JWSAlgorithm.HS256.equals(jwt.getHeader().getAlgorithm()) || !jwt.verify(verifier)) {
        throw new InvalidIdentityException("identity: not signed by this installation");
      }
      JWTClaimsSet claims = jwt.getJWTClaimsSet();
      Date issued = claims.getIssueTime();
      Date expires = claims.getExpirationTime();
      if (issued == null || expires == null) {
        throw new InvalidIdentityException("identity: without iat or exp");
      }
      Identity identity =
          new Identity(
              Objects.requireNonNull(claims.getSubject(), "sub"),
              new TenantId(Objects.requireNonNull(claims.getStringClaim("tenant"), "tenant")),
              roles(Objects.requireNonNull(claims.getStringListClaim("roles"), "roles")));
      return new Statement(identity, issued.toInstant(), expires.toInstant());
    } catch (ParseException
        | JOSEException
        | IllegalArgumentException
        | IllegalStateException
        | NullPointerException e) {
      throw new InvalidIdentityException("identity: not readable", e);
    }
  }

  private void checkTimes(Statement statement) throws InvalidIdentityException {
    Instant issued = statement.issued();
    Instant expires = statement.expires();
    Instant now = clock.instant();
    if (expires.isAfter(issued.plus(LIFE))) {
      throw new InvalidIdentityException("identity: life (expected: <= " + LIFE + ")");
    }
    if (issued.isAfter(now.plus(CLOCK_SKEW))) {
      throw new InvalidIdentityException("identity: from the future; are the clocks in step?");
    }
    if (!expires.plus(CLOCK_SKEW).isAfter(now)) {
      throw new InvalidIdentityException("identity: expired; are the clocks in step?");
    }
  }

  private static Set<Role> roles(List<String> names) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String name : names) {
      roles.add(Role.parse(name));
    }
    return roles;
  }
}
