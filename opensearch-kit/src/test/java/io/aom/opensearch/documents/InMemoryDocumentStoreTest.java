package io.aom.opensearch.documents;

class InMemoryDocumentStoreTest extends DocumentStoreContract {
  @Override
  DocumentStore<Note> store() {
    return new InMemoryDocumentStore<>(TYPE);
  }
}
