package io.aom.blockstore;

import java.util.List;

/**
 * A visible part that a query found; its columns are fetched by {@link BlockReader#fetch}.
 *
 * @param index OpenSearch index the document lies in
 * @param id document id
 * @param startMillis epoch milliseconds of the earliest row
 * @param endMillis epoch milliseconds of the latest row, inclusive
 * @param bytes of all columns; estimated from the rows of parts that were stored before it was
 *     noted
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
    int bytes,
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
      int bytes,
      String tier) {
    this(
        index,
        id,
        partition,
        firstOffset,
        version,
        startMillis,
        endMillis,
        rows,
        bytes,
        tier,
        false);
  }

  /** The same, found beside parts of a tier. */
  public FoundPart asBeside() {
    return new FoundPart(
        index,
        id,
        partition,
        firstOffset,
        version,
        startMillis,
        endMillis,
        rows,
        bytes,
        tier,
        true);
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
      int rows,
      int bytes) {
    this(
        index,
        id,
        partition,
        firstOffset,
        version,
        startMillis,
        endMillis,
        rows,
        bytes,
        BlockPart.AS_RECEIVED);
  }

  /**
   * Parts that are fetched together, since an answer is read into memory as a whole: the next of a
   * list, one at least.
   *
   * @param from index of the first of them
   * @param most parts at most
   * @param mostBytes of all columns, if there is more than one part
   */
  public static List<FoundPart> batch(List<FoundPart> parts, int from, int most, long mostBytes) {
    int to = from;
    long bytes = 0;
    while (to < parts.size() && to - from < most) {
      bytes += parts.get(to).bytes();
      if (to > from && bytes > mostBytes) {
        break;
      }
      to++;
    }
    return parts.subList(from, to);
  }
}
