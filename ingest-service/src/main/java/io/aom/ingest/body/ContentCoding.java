package io.aom.ingest.body;

import io.aom.telemetry.RejectedException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Content codings (RFC 9110, 8.4) that intake takes. */
public enum ContentCoding {
  IDENTITY,
  GZIP,
  ZSTD,
  /** The block format, not the framed one. */
  SNAPPY;

  /**
   * Reads a {@code Content-Encoding} header.
   *
   * @param absent what no header means
   * @throws RejectedException ({@link BodyProblem#UNSUPPORTED}) if it names anything not allowed,
   *     or more than one coding
   */
  public static ContentCoding of(
      @Nullable String header, ContentCoding absent, Set<ContentCoding> allowed) {
    if (header == null || header.isBlank()) {
      return absent;
    }
    String name = header.strip().toLowerCase(Locale.ROOT);
    for (ContentCoding coding : allowed) {
      if (coding.wireName().equals(name) || (coding == GZIP && name.equals("x-gzip"))) {
        return coding;
      }
    }
    throw new RejectedException(
        BodyProblem.UNSUPPORTED,
        "Content-Encoding: "
            + header
            + " (expected: "
            + String.join(", ", allowed.stream().sorted().map(ContentCoding::wireName).toList())
            + ")");
  }

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
