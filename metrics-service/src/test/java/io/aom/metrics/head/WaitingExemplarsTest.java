package io.aom.metrics.head;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.metrics.series.Exemplar;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SymbolTable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WaitingExemplarsTest {
  private static final Labels UP = Labels.of("__name__", "up", "job", "a");
  private static final Exemplar EXEMPLAR = new Exemplar(Labels.of("trace_id", "1"), 1_000, 2.5);

  private static long hash(Labels labels) {
    SymbolTable symbols = new SymbolTable();
    long hash = 0;
    for (int i = 0; i < labels.size(); i++) {
      long name = symbols.hash(symbols.add(labels.name(i)));
      hash = WaitingExemplars.hash(hash, name, symbols.hash(symbols.add(labels.value(i))));
    }
    return hash;
  }

  /** Labels are made of texts under the write lock, of each series that is new in a segment. */
  @Test
  void onlyASeriesOfWhichSomethingWaitsHasItsLabelsMade() {
    WaitingExemplars waiting = new WaitingExemplars();
    assertThat(waiting.add(UP, EXEMPLAR)).isPositive();
    AtomicInteger made = new AtomicInteger();
    for (int i = 0; i < 1_000; i++) {
      Labels other = Labels.of("__name__", "up", "job", "b" + i);
      assertThat(
              waiting.take(
                  hash(other),
                  () -> {
                    made.incrementAndGet();
                    return other;
                  }))
          .isNull();
    }
    assertThat(made).hasValue(0);

    ExemplarRing early = waiting.take(hash(UP), () -> UP);
    assertThat(early).isNotNull();
    assertThat(early.copy()).containsExactly(EXEMPLAR);
    assertThat(waiting.size()).isZero();
  }

  /** As good as never; what waits stays its own series'. */
  @Test
  void anotherSeriesOfTheSameHashTakesNothing() {
    WaitingExemplars waiting = new WaitingExemplars();
    waiting.add(UP, EXEMPLAR);

    assertThat(waiting.take(hash(UP), () -> Labels.of("__name__", "down"))).isNull();
    assertThat(waiting.size()).isEqualTo(1);
  }
}
