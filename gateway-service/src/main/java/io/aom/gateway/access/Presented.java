package io.aom.gateway.access;

import io.aom.gateway.key.ApiKey;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request shows of who sends it.
 *
 * @param key the key it carries; null if none, or nothing of that form
 * @param anything whether it carries any credential at all
 * @param address where it comes from; no port, so that all connections of a host count as one
 * @param scopeOrgId tenant that it names by {@code X-Scope-OrgID}; null for none
 * @param aomTenant tenant that it names by {@code X-AOM-Tenant}; null for none
 */
public record Presented(
    @Nullable ApiKey key,
    boolean anything,
    String address,
    @Nullable String scopeOrgId,
    @Nullable String aomTenant) {

  /** Names of the headers that are read here and must not go further. */
  public static final String API_KEY_HEADER = "X-API-Key";

  public static final String SCOPE_ORG_ID_HEADER = "X-Scope-OrgID";
  public static final String AOM_TENANT_HEADER = "X-AOM-Tenant";

  /** Gives the value of a header, by its name in any case; null if the request has none. */
  @FunctionalInterface
  public interface Headers {
    @Nullable String get(String name);
  }

  /**
   * Reads a request: a key as {@code Authorization: Bearer}, as the password of Basic (the user
   * name does not matter), or as {@code X-API-Key}, in this order.
   */
  public static Presented of(Headers headers, @Nullable InetSocketAddress from) {
    String authorization = headers.get("Authorization");
    String apiKey = headers.get(API_KEY_HEADER);
    String text = authorization != null ? inAuthorization(authorization) : apiKey;
    return new Presented(
        text == null ? null : ApiKey.parse(text),
        authorization != null || apiKey != null,
        from == null || from.getAddress() == null ? "" : from.getAddress().getHostAddress(),
        headers.get(SCOPE_ORG_ID_HEADER),
        headers.get(AOM_TENANT_HEADER));
  }

  private static @Nullable String inAuthorization(String authorization) {
    int space = authorization.indexOf(' ');
    if (space < 0) {
      return null;
    }
    String value = authorization.substring(space + 1).strip();
    return switch (authorization.substring(0, space).toLowerCase(Locale.ROOT)) {
      case "bearer" -> value;
      case "basic" -> basicPassword(value);
      default -> null;
    };
  }

  private static @Nullable String basicPassword(String base64) {
    try {
      String pair = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0 ? null : pair.substring(colon + 1);
    } catch (IllegalArgumentException e) {
      return null; // not Base64, so there is no key in it
    }
  }
}
