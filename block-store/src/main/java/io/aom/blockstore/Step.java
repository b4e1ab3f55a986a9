package io.aom.blockstore;

/** The steps of a record's way, and of a merge, between any two of which the process may die. */
enum Step {
  READ,
  APPENDED,
  FROZEN,
  LOOKED_UP,
  ENCODED,
  PARTS_STORED,
  MANIFEST_CREATED,
  PUBLISHED,
  RELEASED,
  MERGE_BEGUN,
  MERGE_STORED,
  MERGE_PUBLISHED,
  MERGED,
  REPLACED_REMOVED;

  /** Told of each step as it is done; a test may throw from it where it wants a crash. */
  @FunctionalInterface
  interface Listener {
    Listener NONE = (step, partition) -> {};

    void reached(Step step, int partition);
  }
}
