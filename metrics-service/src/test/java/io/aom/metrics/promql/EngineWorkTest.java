package io.aom.metrics.promql;

import static org.assertj.core.api.Assertions.assertThat;

import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.Series;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How often a query asks for what does not change from step to step. */
class EngineWorkTest {
  /** Series that count how often somebody asks for their labels. */
  private static final class Counted implements SeriesSet {
    private final SeriesSet series;
    int asked;

    Counted(List<Series> series) {
      this.series = SeriesSet.of(series);
    }

    @Override
    public int size() {
      return series.size();
    }

    @Override
    public Labels labels(int number) {
      asked++;
      return series.labels(number);
    }

    @Override
    public String label(int number, String name) {
      asked++;
      return series.label(number, name);
    }

    @Override
    public SampleColumns samples(int number) {
      return series.samples(number);
    }

    @Override
    public Grouping group(List<String> names, boolean without) {
      return series.group(names, without);
    }
  }

  private static Series counter(String instance) {
    SampleColumns samples = new SampleColumns();
    for (int i = 0; i < 100; i++) {
      samples.append(i * 15_000L, i);
    }
    return new Series(Labels.of("__name__", "a_total", "instance", instance), samples);
  }

  private static int asked(String query, int steps) {
    Counted series = new Counted(List.of(counter("x"), counter("y")));
    QueryResult result =
        new Engine(EngineLimits.DEFAULT)
            .evaluate(
                query,
                Parser.parse(query),
                new StepGrid(300_000, 300_000 + (steps - 1) * 10_000L, 10_000),
                selections -> List.of(series),
                Patience.ENDLESS);
    assertThat(((Value.Vector) result.value()).series()).isNotEmpty();
    return series.asked;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sum(rate(a_total[5m]))",
        "increase(a_total[5m])",
        "irate(a_total[5m])",
        "resets(a_total[5m])",
        "avg_over_time(a_total[5m])",
        "a_total"
      })
  void labelsAreAskedForAsOftenForOneStepAsForMany(String query) {
    assertThat(asked(query, 100)).isEqualTo(asked(query, 1));
  }
}
