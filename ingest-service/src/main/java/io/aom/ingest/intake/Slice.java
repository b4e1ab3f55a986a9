package io.aom.ingest.intake;

/**
 * A part of a request for one partition: the value of one Kafka record.
 *
 * @param ordinal how many slices of the same request precede this one in its partition
 * @param items samples, log records or spans in it
 * @param extras what else in it counts against the tenant's rate: exemplars, and series that hold
 *     metadata alone
 */
public record Slice(int partition, int ordinal, byte[] value, int items, int extras) {
  public Slice {
    if (partition < 0 || ordinal < 0 || items < 0 || extras < 0) {
      throw new IllegalArgumentException(
          "slice: "
              + partition
              + "/"
              + ordinal
              + "/"
              + items
              + "/"
              + extras
              + " (expected: none below 0)");
    }
  }
}
