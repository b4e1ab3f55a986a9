package io.aom.metrics.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.BlockPart;
import io.aom.metrics.chunk.LabelsColumn;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.Resolution;
import io.aom.metrics.series.SampleColumns;
import io.aom.telemetry.TenantId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PackersTest {
  private final List<BlockPart> parts = new ArrayList<>();
  private final Packers packers =
      new Packers(new TenantId("acme"), List.of(Resolution.values()), parts::add);

  /** Few samples, each in a bucket of its own, so that rollups take more than they do. */
  @Test
  void rollupsOfManyRulesWaitForOthersInBoundedMemory() {
    SampleColumns samples = new SampleColumns();
    for (int i = 0; i < 100; i++) {
      samples.append(300_000L * i, i);
    }
    int series = 0;
    for (int each = 0; each < 100; each++) {
      for (int rule = 0; rule < 50; rule++) {
        packers.add(
            rule, Labels.of("__name__", String.format("m%05d", series++)), samples, List.of());
        assertThat(packers.waitingBytes()).isLessThanOrEqualTo(Packer.PACK_BYTES);
      }
    }
    assertThat(parts).isNotEmpty();
    packers.finish();

    assertThat(packers.waitingBytes()).isZero();
    for (String tier : List.of(BlockPart.AS_RECEIVED, "5m", "1h")) {
      assertThat(
              parts.stream()
                  .filter(part -> part.tier().equals(tier))
                  .flatMap(
                      part ->
                          LabelsColumn.decode(part.columns().get(MetricsBlockFormat.LABELS))
                              .stream()))
          .as(tier)
          .doesNotHaveDuplicates()
          .hasSize(series);
    }
  }
}
