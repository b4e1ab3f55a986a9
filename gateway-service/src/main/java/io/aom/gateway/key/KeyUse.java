package io.aom.gateway.key;

import io.aom.opensearch.documents.DocumentType;
import java.time.Instant;
import java.util.List;

/**
 * When a key was last used, to the minute; apart from the record so that use is no change of it.
 */
public record KeyUse(String id, Instant lastUsedAt) {
  /** Where the records are. */
  public static final DocumentType<KeyUse> TYPE =
      new DocumentType<>("aom-key-uses", KeyUse.class, List.of(), List.of(), false);
}
