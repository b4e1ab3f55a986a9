package io.aom.gateway.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.aom.identity.Identity;
import io.aom.identity.IdentityTokens;
import java.time.Duration;

/**
 * Signed statements of identity, each used for a third of its life, so that signing costs nothing
 * per request and a service always gets one that is good for long enough.
 */
public final class IdentityStatements {
  private final IdentityTokens tokens;
  private final Cache<Identity, String> minted =
      Caffeine.newBuilder()
          .maximumSize(10_000)
          .expireAfterWrite(Duration.ofSeconds(IdentityTokens.LIFE.toSeconds() / 3))
          .build();

  public IdentityStatements(IdentityTokens tokens) {
    this.tokens = tokens;
  }

  /** The value of {@link IdentityTokens#HEADER} for a request of {@code identity}. */
  public String of(Identity identity) {
    return minted.get(identity, tokens::mint);
  }
}
