package io.aom.gateway.access;

import io.aom.gateway.key.ApiKey;
import io.aom.gateway.key.KeyDirectory;
import io.aom.gateway.key.KeyDirectory.Finding;
import io.aom.gateway.key.KeyUses;
import io.aom.gateway.problem.GatewayProblem;
import io.aom.identity.Identity;
import io.aom.identity.IdentityProblem;
import io.aom.identity.Role;
import io.aom.telemetry.RejectedException;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Decides who a request comes from and whether they may. The tenant comes from the credential
 * alone.
 *
 * <p>Safe for use by many threads.
 */
public final class Authenticator {
  private static final long KEYS_RETRY_SECONDS = 5;

  private final KeyDirectory keys;
  private final KeyUses uses;
  private final FailureLimiter failures;
  private final LongAdder refused = new LongAdder();

  public Authenticator(KeyDirectory keys, KeyUses uses, int failuresPerMinute) {
    this.keys = keys;
    this.uses = uses;
    this.failures = new FailureLimiter(failuresPerMinute);
  }

  /** Requests refused since the start because of their credential. */
  public long refusedCount() {
    return refused.sum();
  }

  /**
   * The caller, if memory knows; never blocks.
   *
   * @param needed the role that the route needs; null if any will do
   * @return null if only the store can say: call {@link #lookUp} on a thread that may block
   * @throws RejectedException 401, 403 or 429
   */
  public @Nullable Identity inMemory(Presented presented, @Nullable Role needed) {
    ApiKey key = presented.key();
    if (key == null) {
      throw refuse(
          presented,
          presented.anything()
              ? "key: not of the form aom_<id>_<secret>"
              : "key: none (expected: Authorization: Bearer KEY, KEY as Basic password, or"
                  + " X-API-Key: KEY)");
    }
    long wait = failures.waitSeconds(presented.address(), key.id());
    if (wait > 0) {
      refused.increment();
      throw new RejectedException(
          GatewayProblem.TOO_MANY_FAILURES,
          "too many wrong keys from " + presented.address(),
          Map.of("retryAfterSeconds", wait));
    }
    return decide(presented, needed, keys.inMemory(key));
  }

  /**
   * The caller, by the store if need be; may block.
   *
   * @throws RejectedException 401, 403 or 429; 503 if the store is away
   */
  public Identity lookUp(Presented presented, @Nullable Role needed) {
    Identity known = inMemory(presented, needed);
    ApiKey key = presented.key();
    if (known != null || key == null) {
      return known == null ? unreachable() : known;
    }
    Identity found = decide(presented, needed, keys.lookUp(key));
    return found == null ? unreachable() : found;
  }

  private static Identity unreachable() {
    throw new IllegalStateException("the store answered that it is not memory");
  }

  private @Nullable Identity decide(Presented presented, @Nullable Role needed, Finding finding) {
    return switch (finding) {
      case Finding.Holder(Identity identity) -> accept(presented, identity, needed);
      case Finding.NotGood(String reason) -> throw refuse(presented, reason);
      case Finding.NotInMemory() -> null;
      case Finding.CannotSay() ->
          throw new RejectedException(
              GatewayProblem.KEYS_UNAVAILABLE,
              "the store of keys does not answer; keys used lately go on",
              Map.of("retryAfterSeconds", KEYS_RETRY_SECONDS));
    };
  }

  private Identity accept(Presented presented, Identity identity, @Nullable Role needed) {
    failures.succeeded(presented.address(), identity.subject());
    checkTenant(Presented.SCOPE_ORG_ID_HEADER, presented.scopeOrgId(), identity);
    checkTenant(Presented.AOM_TENANT_HEADER, presented.aomTenant(), identity);
    if (needed != null) {
      identity.require(needed);
    }
    if (!keys.isBuiltIn(identity.subject())) {
      uses.note(identity.subject());
    }
    return identity;
  }

  private static void checkTenant(String header, @Nullable String named, Identity identity) {
    if (named != null && !named.equals(identity.tenant().value())) {
      throw new RejectedException(
          GatewayProblem.TENANT_MISMATCH,
          header
              + ": not the tenant of the key (expected: "
              + identity.tenant()
              + ", or no such header; the key alone decides)");
    }
  }

  private RejectedException refuse(Presented presented, String reason) {
    refused.increment();
    if (presented.anything()) {
      failures.failed(presented.address());
    }
    return new RejectedException(IdentityProblem.UNAUTHENTICATED, reason);
  }
}
