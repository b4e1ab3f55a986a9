package io.aom.ingest.entities;

/** Where entities are published. Thread-safe. */
interface EntitySink {
  /**
   * Sends without waiting.
   *
   * @param onFailure called later, perhaps on another thread, if it could not be stored
   */
  void publish(Entity entity, Runnable onFailure);
}
