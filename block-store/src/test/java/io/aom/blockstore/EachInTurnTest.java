package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EachInTurnTest {
  private final List<Integer> done = new ArrayList<>();

  private void work(int partition) {
    if (partition % 2 == 0) {
      throw new IllegalStateException("partition " + partition);
    }
    done.add(partition);
  }

  @Test
  void oneThatFailsKeepsNoOtherWaitingAndIsTold() {
    assertThatThrownBy(() -> EachInTurn.run(List.of(0, 1, 2, 3), e -> true, this::work))
        .hasMessage("partition 0")
        .satisfies(
            e ->
                assertThat(e.getSuppressed())
                    .extracting(Throwable::getMessage)
                    .containsExactly("partition 2"));
    assertThat(done).containsExactly(1, 3);
  }

  @Test
  void endsWhereItIsNotToGoOn() {
    assertThatThrownBy(() -> EachInTurn.run(List.of(0, 1), e -> false, this::work))
        .hasMessage("partition 0");
    assertThat(done).isEmpty();
  }

  @Test
  void saysNothingWhereAllSucceed() {
    EachInTurn.run(List.of(1, 3), e -> false, this::work);

    assertThat(done).containsExactly(1, 3);
  }
}
