package io.aom.bench;

/** What one round sends, the same to every system. */
interface Round {
  /** Samples, log records or spans. */
  long items();
}
