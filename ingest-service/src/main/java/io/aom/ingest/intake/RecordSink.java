package io.aom.ingest.intake;

/** Where accepted telemetry becomes durable. Thread-safe. */
public interface RecordSink {
  /** How many partitions a signal has; 0 until that is known, and then nothing can be stored. */
  int partitions(Signal signal);

  /**
   * Stores all slices and returns once every one is durable.
   *
   * @throws io.aom.telemetry.RejectedException with 503 if it is not known within bounded time that
   *     all are; some may be, and the client is to send the same request again
   */
  void store(Batch batch);
}
