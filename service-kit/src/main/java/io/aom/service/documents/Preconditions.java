package io.aom.service.documents;

import io.aom.opensearch.documents.DocumentVersion;
import io.aom.opensearch.documents.Versioned;
import io.aom.telemetry.Problem;
import io.aom.telemetry.RejectedException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which version of a document a change is based on: the header {@code If-Match} with one strong
 * entity tag, or the member {@code version} of the body.
 */
public final class Preconditions {
  private static final Problem VERSION_REQUIRED =
      new Problem("version-required", "Version required", 428);

  private Preconditions() {}

  /** The version that {@code ifMatch} names; null if there is no such header. */
  public static @Nullable DocumentVersion version(@Nullable String ifMatch) {
    if (ifMatch == null) {
      return null;
    }
    String tag = ifMatch.strip();
    boolean quoted = tag.length() >= 2 && tag.startsWith("\"") && tag.endsWith("\"");
    return DocumentVersion.parse(quoted ? tag.substring(1, tag.length() - 1) : tag);
  }

  /** The entity tag of a document as it is stored. */
  public static String etag(Versioned<?> stored) {
    return "\"" + stored.version() + "\"";
  }

  /**
   * Makes a change based on the version that the caller names.
   *
   * @param version the member of the body, which counts where there is no {@code If-Match}
   * @throws RejectedException with 412 for a stale {@code If-Match}, 409 for a stale {@code
   *     version}, 428 if there is neither
   */
  public static <T> T change(
      @Nullable String ifMatch, @Nullable String version, Function<DocumentVersion, T> change) {
    DocumentVersion matched = version(ifMatch);
    if (matched != null) {
      return change.apply(matched);
    }
    if (version == null) {
      throw new RejectedException(
          VERSION_REQUIRED, "version: missing (expected: the version that was read, or If-Match)");
    }
    try {
      return change.apply(DocumentVersion.parse(version));
    } catch (RejectedException e) {
      if (e.problem().status() != Problem.VERSION_STALE.status()) {
        throw e;
      }
      throw new RejectedException(
          new Problem(Problem.VERSION_STALE.slug(), Problem.VERSION_STALE.title(), 409),
          String.valueOf(e.getMessage()),
          e.details());
    }
  }
}
