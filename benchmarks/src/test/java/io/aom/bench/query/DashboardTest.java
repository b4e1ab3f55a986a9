package io.aom.bench.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.bench.payload.Dataset;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DashboardTest {
  private final Dataset dataset = new Dataset("r", 2_000, 100, 1_700_000_007_000L, 15_000);
  private final Dashboard dashboard = Dashboard.over(dataset, Duration.ofMinutes(5), 30_000);

  @Test
  void everyWindowLiesInTheData() {
    Question question = dashboard.sumOfRates();
    assertThat(question.fromMillis() - 300_000).isGreaterThan(dataset.startMillis());
    assertThat(question.toMillis()).isLessThan(dataset.lastMillis());
    assertThat(question.steps()).isEqualTo(39);
  }

  @Test
  void noSampleLiesOnTheEdgeOfAWindow() {
    Question question = dashboard.sumOfRates();
    for (int i = 0; i < dataset.samples(); i++) {
      assertThat((dataset.timeMillis(i) - question.fromMillis()) % 15_000).isNotZero();
    }
  }

  @Test
  void questionsNameTheMetricOfTheirSize() {
    assertThat(dashboard.join().promql())
        .isEqualTo(
            "sum by (version) (rate(bench_query_2000_bucket{run=\"r\"}[5m])"
                + " * on (instance) group_left (version) bench_query_2000_info{run=\"r\"})");
    assertThat(dashboard.oneInstance().series()).isEqualTo(40);
    assertThat(Question.instant("m", "m", 7, 1_000).steps()).isEqualTo(1);
  }
}
