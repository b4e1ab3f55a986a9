package io.aom.alarm.rule;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who is told: a webhook. Its path and query often hold a secret, so {@link #toString} and {@link
 * #masked} leave them out.
 *
 * @param url absolute {@code http} or {@code https} address without user and fragment, at most
 *     2,048 characters
 */
public record Receiver(URI url) {
  /** The only type of receiver so far. */
  public static final String WEBHOOK = "webhook";

  private static final int MAX_URL_LENGTH = 2_048;
  private static final String MASK = "/****";

  public Receiver {
    String scheme = url.getScheme();
    if (scheme == null
        || !(scheme.toLowerCase(Locale.ROOT).equals("http")
            || scheme.toLowerCase(Locale.ROOT).equals("https"))) {
      throw invalid("scheme " + scheme, "http or https");
    }
    if (url.getHost() == null || url.getHost().isEmpty()) {
      throw invalid("no host", "a host name or address");
    }
    if (url.getRawUserInfo() != null) {
      throw invalid("user in the address", "none");
    }
    if (url.getRawFragment() != null) {
      throw invalid("fragment", "none");
    }
    if (url.getPort() == 0 || url.getPort() > 65_535) {
      throw invalid("port " + url.getPort(), "1..65535");
    }
  }

  /**
   * Reads a webhook's address.
   *
   * @throws RejectedException with 400 if it is not one; the message does not repeat it
   */
  public static Receiver webhook(@Nullable String url) {
    if (url == null || url.length() > MAX_URL_LENGTH) {
      throw invalid(
          url == null ? "none" : url.length() + " characters",
          "1.." + MAX_URL_LENGTH + " characters");
    }
    try {
      return new Receiver(new URI(url));
    } catch (URISyntaxException e) {
      throw invalid("not a URL at character " + e.getIndex(), "an absolute URL");
    }
  }

  /** The address without what may be secret: scheme, host and port stay. */
  public String masked() {
    return url.getScheme() + "://" + url.getRawAuthority() + MASK;
  }

  @Override
  public String toString() {
    return "Receiver[" + masked() + "]";
  }

  private static RejectedException invalid(String got, String expected) {
    return new RejectedException(
        Problem.BAD_REQUEST, "receivers.url: " + got + " (expected: " + expected + ")");
  }
}
