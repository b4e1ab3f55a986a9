package io.aom.metrics.promql;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.metrics.series.Labels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected values are of another XXH64, over the encoding written out by hand. */
class LabelHashTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a metric alone     | __name__=up                                                          | ecd75f13400abdf5
          longer than 32     | __name__=http_requests_total,instance=10.0.0.1:9090,job=api          | 0d5805da16b97e18
          in another order   | job=api,__name__=http_requests_total,instance=10.0.0.1:9090          | 0d5805da16b97e18
          beyond ASCII       | host=größe                                                           | f4bbc25fda02c74d
          """)
  void isThatOfPrometheus(String situation, String labels, String expected) {
    assertThat(Long.toHexString(LabelHash.of(Labels.of(labels.split("[=,]")))))
        .isEqualTo(expected.replaceFirst("^0+", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "127, 280f5a9f35481ab1",
    "128, c92af0cb4dcceb89",
    "254, fba86bc8137b85c0",
    "255, ff98c4d0e29ee4d3",
    "70000, c4391b416db83392"
  })
  void aTextOf255BytesOrMoreHasALongerLength(int length, String expected) {
    assertThat(LabelHash.of(Labels.of("v", "x".repeat(length))))
        .isEqualTo(Long.parseUnsignedLong(expected, 16));
  }

  @Test
  void aHashAboveHalfIsAboveHalf() {
    assertThat(LabelHash.place(Labels.EMPTY)).isEqualTo(0.9346749315317059);
    assertThat(LabelHash.place(Labels.of("v", "x".repeat(127)))).isEqualTo(0.156484283322499);
  }
}
