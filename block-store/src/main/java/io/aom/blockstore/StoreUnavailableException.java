package io.aom.blockstore;

import io.aom.opensearch.OpenSearchUnavailableException;
import org.jspecify.annotations.Nullable;

/** OpenSearch cannot answer now, or not completely. Retrying later may help. */
public class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  public StoreUnavailableException(String message) {
    super(message);
  }

  /** Whether OpenSearch gave no answer at all: who asks for something else would wait in vain. */
  public boolean noAnswer() {
    return getCause() instanceof OpenSearchUnavailableException away && away.getCause() != null;
  }
}
