package io.aom.metrics.block;

import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.FoundPart;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.series.Labels;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Reads which series are in blocks, without their samples. */
public final class BlockLabels {
  private static final int FETCH_PARTS = 256;

  /** Of whole parts, of which labels are little. */
  private static final long FETCH_BYTES = 256L << 20;

  private BlockLabels() {}

  /** Hands over the label sets of every part that the query finds; one in several parts repeats. */
  public static void forEach(BlockReader blocks, BlockQuery query, Consumer<Labels> consumer) {
    forEachPart(blocks, query, (part, series) -> series.forEach(consumer));
  }

  /** Hands over every part that the query finds, with the label sets of its series. */
  public static void forEachPart(
      BlockReader blocks, BlockQuery query, BiConsumer<FoundPart, List<Labels>> consumer) {
    List<FoundPart> parts = blocks.find(query);
    for (List<FoundPart> some : FoundPart.batches(parts, FETCH_PARTS, FETCH_BYTES)) {
      Map<FoundPart, Map<String, byte[]>> fetched =
          blocks.fetch(some, List.of(MetricsBlockFormat.LABELS));
      for (Map.Entry<FoundPart, Map<String, byte[]>> read : fetched.entrySet()) {
        byte[] column = read.getValue().get(MetricsBlockFormat.LABELS);
        if (column == null) {
          throw new IllegalStateException("block part without its labels");
        }
        consumer.accept(read.getKey(), LabelsColumn.decode(column));
      }
    }
  }
}
