package io.aom.blockstore;

import java.util.Collection;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Work for several partitions or tenants, of which one that fails keeps none of the others waiting.
 */
final class EachInTurn {
  private EachInTurn() {}

  /**
   * Does the work for each.
   *
   * @param goesOn whether to go on after this failure
   * @throws RuntimeException the first failure, with the others suppressed, after all that had a
   *     turn
   */
  static <T> void run(Collection<T> all, Predicate<RuntimeException> goesOn, Consumer<T> work) {
    @Nullable RuntimeException failed = null;
    for (T one : all) {
      try {
        work.accept(one);
      } catch (RuntimeException e) {
        if (failed == null) {
          failed = e;
        } else {
          failed.addSuppressed(e);
        }
        if (!goesOn.test(e)) {
          break;
        }
      }
    }
    if (failed != null) {
      throw failed;
    }
  }
}
