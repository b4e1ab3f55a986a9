package io.aom.metrics.block;

import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.FoundPart;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.series.Labels;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;

/** Reads which series are in blocks, without their samples. */
public final class BlockLabels {
  private static final int FETCH_PARTS = 256;

  /** Of whole parts, of which labels are little. */
  private static final long FETCH_BYTES = 256L << 20;

  /** The same where the bytes are counted, as if they were fetched whole. */
  private static final long COUNTED_FETCH_BYTES = 16L << 20;

  /** What the label sets of a column take for each of its bytes, about. */
  private static final long DECODED_FACTOR = 10;

  private BlockLabels() {}

  /** Hands over every part that the query finds, with the label sets of its series. */
  public static void forEachPart(
      BlockReader blocks, BlockQuery query, BiConsumer<FoundPart, List<Labels>> consumer) {
    forEachPart(blocks, query, FETCH_BYTES, bytes -> {}, consumer);
  }

  /**
   * The same for who counts what is held meanwhile.
   *
   * @param held gets the bytes that are about to be held, and below 0 those that no longer are; may
   *     throw
   */
  public static void forEachPart(
      BlockReader blocks,
      BlockQuery query,
      LongConsumer held,
      BiConsumer<FoundPart, List<Labels>> consumer) {
    forEachPart(blocks, query, COUNTED_FETCH_BYTES, held, consumer);
  }

  private static void forEachPart(
      BlockReader blocks,
      BlockQuery query,
      long fetchBytes,
      LongConsumer held,
      BiConsumer<FoundPart, List<Labels>> consumer) {
    List<FoundPart> parts = blocks.find(query);
    for (List<FoundPart> some : FoundPart.batches(parts, FETCH_PARTS, fetchBytes)) {
      long fetching = some.stream().mapToLong(FoundPart::bytes).sum();
      held.accept(fetching);
      Map<FoundPart, Map<String, byte[]>> fetched =
          blocks.fetch(some, List.of(MetricsBlockFormat.LABELS));
      for (Map.Entry<FoundPart, Map<String, byte[]>> read : fetched.entrySet()) {
        byte[] column = read.getValue().get(MetricsBlockFormat.LABELS);
        if (column == null) {
          throw new IllegalStateException("block part without its labels");
        }
        long decoding = DECODED_FACTOR * column.length;
        held.accept(decoding);
        consumer.accept(read.getKey(), LabelsColumn.decode(column));
        held.accept(-decoding);
      }
      held.accept(-fetching);
    }
  }
}
