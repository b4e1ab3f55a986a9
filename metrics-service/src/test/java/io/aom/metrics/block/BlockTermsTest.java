package io.aom.metrics.block;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.blockstore.TermExpression;
import io.aom.metrics.series.LabelMatcher;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockTermsTest {
  @Test
  void moreClausesThanOpenSearchTakesAreNotAskedFor() {
    assertThat(BlockTerms.anyOf(selectors(250))).isInstanceOf(TermExpression.Or.class);
    assertThat(BlockTerms.anyOf(selectors(251))).isEqualTo(TermExpression.ALL);
  }

  /** Each of two matchers. */
  private static List<List<LabelMatcher>> selectors(int count) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                List.of(LabelMatcher.equal("__name__", "up"), LabelMatcher.equal("job", "job" + i)))
        .toList();
  }
}
