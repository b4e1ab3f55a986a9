package io.aom.metrics.cardinality;

import io.aom.blockstore.BlockQuery;
import io.aom.blockstore.BlockReader;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.StoreUnavailableException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Blocks for questions that go through several partitions in turn. If OpenSearch gives no answer,
 * which may take half a minute, that counts for every question that came before it, so that none
 * waits for one failure after the other. Other failures are of the partition that was asked for.
 * Safe for concurrent use.
 */
final class QuestionBlocks {
  private final BlockReader blocks;
  private final AtomicLong failures = new AtomicLong();
  private volatile @Nullable Throwable last;

  QuestionBlocks(BlockReader blocks) {
    this.blocks = blocks;
  }

  /**
   * How often OpenSearch has given no answer so far; {@link #since} asks for it when a question
   * came.
   */
  long failures() {
    return failures.get();
  }

  /**
   * The blocks for a question: they cannot be read once OpenSearch has given none since it came.
   *
   * @param failures when the question came
   */
  BlockReader since(long failures) {
    return new BlockReader() {
      @Override
      public List<FoundPart> find(BlockQuery query) {
        return unlessFailed(failures, () -> blocks.find(query));
      }

      @Override
      public Map<FoundPart, Map<String, byte[]>> fetch(
          Collection<FoundPart> parts, List<String> columns) {
        return unlessFailed(failures, () -> blocks.fetch(parts, columns));
      }
    };
  }

  private <T> T unlessFailed(long before, Supplier<T> call) {
    if (failures.get() != before) {
      throw new StoreUnavailableException(
          "not asked, OpenSearch has failed since the question came", last);
    }
    try {
      return call.get();
    } catch (StoreUnavailableException e) {
      if (e.noAnswer()) {
        last = e.getCause();
        failures.incrementAndGet();
      }
      throw e;
    }
  }
}
