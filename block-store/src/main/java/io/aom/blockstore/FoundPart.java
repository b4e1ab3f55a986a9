package io.aom.blockstore;

/**
 * A visible part that a query found; its columns are fetched by {@link BlockReader#fetch}.
 *
 * @param index OpenSearch index the document lies in
 * @param id document id
 * @param startMillis epoch milliseconds of the earliest row
 * @param endMillis epoch milliseconds of the latest row, inclusive
 * @param tier as {@link BlockPart#tier} says
 * @param beside whether parts of the tier that was asked for stand for its rows, and it was found
 *     besides them
 */
public record FoundPart(
    String index,
    String id,
    int partition,
    long firstOffset,
    int version,
    long startMillis,
    long endMillis,
    int rows,
    String tier,
    boolean beside) {

  /** A part that stands for its rows. */
  public FoundPart(
      String index,
      String id,
      int partition,
      long firstOffset,
      int version,
      long startMillis,
      long endMillis,
      int rows,
      String tier) {
    this(index, id, partition, firstOffset, version, startMillis, endMillis, rows, tier, false);
  }

  /** The same, found beside parts of a tier. */
  public FoundPart asBeside() {
    return new FoundPart(
        index, id, partition, firstOffset, version, startMillis, endMillis, rows, tier, true);
  }

  /** A part of rows as they were received. */
  public FoundPart(
      String index,
      String id,
      int partition,
      long firstOffset,
      int version,
      long startMillis,
      long endMillis,
      int rows) {
    this(
        index,
        id,
        partition,
        firstOffset,
        version,
        startMillis,
        endMillis,
        rows,
        BlockPart.AS_RECEIVED);
  }
}
