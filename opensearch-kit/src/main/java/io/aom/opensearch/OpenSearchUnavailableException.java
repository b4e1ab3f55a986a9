package io.aom.opensearch;

import org.jspecify.annotations.Nullable;

/** OpenSearch did not answer, or said that it cannot now (429, 502, 503, 504). Retry later. */
public final class OpenSearchUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public OpenSearchUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
