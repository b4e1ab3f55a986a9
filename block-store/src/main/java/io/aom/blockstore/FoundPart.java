package io.aom.blockstore;

import java.util.ArrayList;
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

  /**
   * Parts in batches that are fetched together, since an answer is read into memory as a whole; in
   * their order, one in each at least.
   *
   * @param most parts of a batch
   * @param mostBytes of all columns of a batch that has more than one part
   */
  public static List<List<FoundPart>> batches(List<FoundPart> parts, int most, long mostBytes) {
    List<List<FoundPart>> batches = new ArrayList<>();
    int from = 0;
    long bytes = 0;
    for (int to = 0; to < parts.size(); to++) {
      int next = parts.get(to).bytes();
      if (to > from && (to - from == most || bytes + next > mostBytes)) {
        batches.add(parts.subList(from, to));
        from = to;
        bytes = 0;
      }
      bytes += next;
    }
    if (from < parts.size()) {
      batches.add(parts.subList(from, parts.size()));
    }
    return batches;
  }
}
