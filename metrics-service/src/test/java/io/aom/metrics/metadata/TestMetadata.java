package io.aom.metrics.metadata;

import io.aom.opensearch.documents.InMemoryDocumentStore;
import java.time.InstantSource;

/** Metadata that is kept as long as the test. */
public final class TestMetadata {
  private TestMetadata() {}

  public static SavedMetadata inMemory() {
    return new SavedMetadata(
        new InMemoryDocumentStore<>(MetadataDocument.TYPE), InstantSource.system());
  }
}
