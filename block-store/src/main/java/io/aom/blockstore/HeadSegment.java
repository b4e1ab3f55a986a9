package io.aom.blockstore;

/**
 * Rows of a run of Kafka records, in memory, open to queries from the moment they were appended.
 *
 * <p>One thread appends. Any thread may read at any time, also while another appends, and must see
 * each record's rows either not at all or complete; how, is the signal's business. After the store
 * has frozen a segment nothing is appended any more.
 */
public interface HeadSegment {
  byte[] NO_CARRY = {};

  /**
   * Takes in a whole record, or throws and leaves the segment as it was.
   *
   * @return how many items were taken in; normally {@link HeadRecord#items}
   * @throws MalformedRecordException if the record cannot be decoded; it goes to the dead letters
   */
  int append(HeadRecord record) throws MalformedRecordException;

  /** Rows (samples, log records, spans) in this segment. */
  long rows();

  /**
   * What the next segment of the partition has to know of the records so far; the block keeps it, a
   * start hands it on. It must depend on nothing but the carry that this segment began with and the
   * records that were appended, in their order. Asked for by the writer thread, once nothing is
   * appended any more. A few megabytes at most.
   */
  default byte[] carry() {
    return NO_CARRY;
  }

  /** Memory this segment keeps alive, in bytes; an estimate that grows with every append. */
  long sizeBytes();
}
