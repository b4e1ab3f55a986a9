package io.aom.metrics.promql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class QueryMemoryTest {
  private final QueryMemory memory = new QueryMemory(1_000, 1_500);

  @Test
  void takesFromAllWhatAQueryHoldsAndGivesItBack() {
    try (QueryMemory.Account one = memory.open();
        QueryMemory.Account two = memory.open()) {
      one.hold(600);
      two.hold(700);
      assertThat(memory.reservedBytes()).isBetween(1_300L, 1_350L);
      one.release(500);
      assertThat(one.heldBytes()).isEqualTo(100);
      assertThat(memory.reservedBytes()).isBetween(800L, 850L);
      two.hold(300);
      assertThat(two.heldBytes()).isEqualTo(1_000);
    }
    assertThat(memory.reservedBytes()).isZero();
  }

  @Test
  void refusesWhatIsTooMuchForOne() {
    try (QueryMemory.Account one = memory.open()) {
      one.hold(1_000);
      assertThatThrownBy(() -> one.hold(1))
          .isInstanceOfSatisfying(
              PromqlException.class,
              e -> assertThat(e.kind()).isEqualTo(PromqlException.Kind.EXECUTION))
          .hasMessageContaining("more than 1000 bytes");
      assertThatThrownBy(() -> one.hold(Long.MAX_VALUE)).isInstanceOf(PromqlException.class);
      assertThat(one.heldBytes()).isEqualTo(1_000);
    }
    assertThat(memory.refused()).isEqualTo(2);
    assertThat(memory.reservedBytes()).isZero();
  }

  @Test
  void refusesWhatIsTooMuchForAllUntilSomeIsGivenBack() {
    try (QueryMemory.Account late = memory.open()) {
      try (QueryMemory.Account early = memory.open()) {
        early.hold(1_000);
        assertThatThrownBy(() -> late.hold(600))
            .isInstanceOfSatisfying(
                PromqlException.class,
                e -> assertThat(e.kind()).isEqualTo(PromqlException.Kind.BUSY));
        assertThat(late.heldBytes()).isZero();
      }
      late.hold(600);
      assertThat(late.heldBytes()).isEqualTo(600);
    }
    assertThat(memory.reservedBytes()).isZero();
  }
}
