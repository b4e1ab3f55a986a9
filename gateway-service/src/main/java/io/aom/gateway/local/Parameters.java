package io.aom.gateway.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parameters as forms and query strings have them (application/x-www-form-urlencoded). */
final class Parameters {
  /** As many as the services take over HTTP; each costs memory far beyond its bytes. */
  private static final int MOST = 1000;

  private final Map<String, List<String>> values = new LinkedHashMap<>();
  private int count;

  /**
   * Adds those of a text behind those that are there.
   *
   * @param what names the text to who sent it
   * @throws RejectedException 400 if it cannot be read, or has more than a request may have
   */
  void add(String what, String text) {
    for (int at = 0; at < text.length(); ) {
      int end = text.indexOf('&', at);
      end = end < 0 ? text.length() : end;
      if (end > at) {
        addOne(what, text.substring(at, end));
      }
      at = end + 1;
    }
  }

  private void addOne(String what, String pair) {
    if (++count > MOST) {
      throw new RejectedException(
          Problem.BAD_REQUEST, "parameters: more than " + MOST + " (expected: at most that)");
    }
    int equals = pair.indexOf('=');
    String name = decoded(what, equals < 0 ? pair : pair.substring(0, equals));
    String value = equals < 0 ? "" : decoded(what, pair.substring(equals + 1));
    values.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(value);
  }

  private static String decoded(String what, String text) {
    try {
      return URLDecoder.decode(text, UTF_8);
    } catch (IllegalArgumentException e) {
      throw new RejectedException(
          Problem.BAD_REQUEST, what + ": not readable (expected: %XX with hexadecimal digits)");
    }
  }

  /** All of them by name, each name with one value at least. */
  Map<String, List<String>> values() {
    return values;
  }
}
