package io.aom.ingest.intake;

/**
 * A part of a request for one partition: the value of one Kafka record.
 *
 * @param ordinal how many slices of the same request precede this one in its partition
 * @param items samples, log records or spans in it
 */
public record Slice(int partition, int ordinal, byte[] value, int items) {
  public Slice {
    if (partition < 0 || ordinal < 0 || items < 0) {
      throw new IllegalArgumentException(
          "slice: " + partition + "/" + ordinal + "/" + items + " (expected: none below 0)");
    }
  }
}
