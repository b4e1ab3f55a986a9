package io.aom.selftelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BudgetTest {
  @Test
  void allowsSoManyASecondAndSavesNothingUp() {
    AtomicLong now = new AtomicLong(Long.MAX_VALUE - 10); // System.nanoTime() may wrap.
    Budget budget = new Budget(2, now::get);

    assertThat(new boolean[] {budget.take(), budget.take(), budget.take()})
        .containsExactly(true, true, false);

    now.addAndGet(TimeUnit.MINUTES.toNanos(1));
    assertThat(new boolean[] {budget.take(), budget.take(), budget.take()})
        .containsExactly(true, true, false);
  }
}
