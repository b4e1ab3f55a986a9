package io.aom.metrics.block;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aom.blockstore.CorruptPartException;
import io.aom.blockstore.FoundPart;
import io.aom.blockstore.Removal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeriesExpiryTest {
  private static final FoundPart PART = new FoundPart("index", "part7", 0, 0, 1, 0, 1, 1, 9, "");

  @Test
  void aPartWithoutLabelsOrWithOthersThanWereStoredIsCorrupt() {
    for (Map<String, byte[]> columns :
        List.of(
            Map.<String, byte[]>of(),
            Map.of(MetricsBlockFormat.LABELS, new byte[] {1, 2, 3, 4, 5, 6}))) {
      assertThatThrownBy(
              () -> new SeriesExpiry().expired(PART, columns, new Removal(List.of(), 10)))
          .isInstanceOf(CorruptPartException.class)
          .hasMessageContaining("part7");
    }
  }
}
