package io.aom.blockstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FoundPartTest {
  private static List<Integer> batches(int most, long mostBytes, int... bytes) {
    List<FoundPart> parts =
        IntStream.of(bytes)
            .mapToObj(b -> new FoundPart("index", "id", 0, 0, 1, 0, 1, 1, b, BlockPart.AS_RECEIVED))
            .toList();
    List<List<FoundPart>> batches = FoundPart.batches(parts, most, mostBytes);
    assertThat(batches.stream().flatMap(List::stream)).containsExactlyElementsOf(parts);
    return batches.stream().map(List::size).toList();
  }

  @Test
  void aBatchHasAsManyPartsAsFit() {
    assertThat(batches(3, 1_000, 1, 1, 1, 1, 1, 1, 1)).containsExactly(3, 3, 1);
    assertThat(batches(10, 100, 40, 60, 1, 99, 2)).containsExactly(2, 2, 1);
  }

  @Test
  void aPartThatIsTooLargeIsABatch() {
    assertThat(batches(10, 100, 500, 1, 500, 1)).containsExactly(1, 1, 1, 1);
  }
}
