package io.aom.metrics.promql;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.aom.metrics.series.Labels;
import io.aom.metrics.series.SampleColumns;
import io.aom.metrics.series.Series;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a query allocates for each further step of each series, counted by the virtual machine. */
class EngineAllocationTest {
  private static final int SERIES = 500;
  private static final int SAMPLES = 400;
  private static final long INTERVAL = 15_000;

  private final Engine engine = new Engine(EngineLimits.DEFAULT);
  private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static Labels labels(String metric, int i, String... more) {
    List<String> pairs = new ArrayList<>(List.of("__name__", metric, "instance", "i" + i));
    pairs.addAll(List.of(more));
    return Labels.of(pairs.toArray(String[]::new));
  }

  private static SampleColumns samples(int slope) {
    SampleColumns samples = new SampleColumns(SAMPLES);
    for (int i = 0; i < SAMPLES; i++) {
      samples.append(i * INTERVAL, (double) i * slope);
    }
    return samples;
  }

  private static List<Series> series(String metric) {
    List<Series> all = new ArrayList<>();
    for (int i = 0; i < SERIES; i++) {
      all.add(new Series(labels(metric, i, "le", String.valueOf(i % 10)), samples(i + 1)));
    }
    return all;
  }

  private long allocated(String query, int steps) {
    Expr expr = Parser.parse(query);
    StepGrid grid = new StepGrid(600_000, 600_000 + (steps - 1) * 10_000L, 10_000);
    List<SeriesSet> sets = List.of(SeriesSet.of(series("a_total")), SeriesSet.of(series("b")));
    SeriesSource source = selections -> sets.subList(0, selections.size());
    long before = thread.getCurrentThreadAllocatedBytes();
    QueryResult result = engine.evaluate(query, expr, grid, source, Patience.ENDLESS);
    long after = thread.getCurrentThreadAllocatedBytes();
    assertThat(result.value()).isInstanceOf(Value.Vector.class);
    return after - before;
  }

  private double bytesPerStepOfASeries(String query) {
    var _ = allocated(query, 100); // loads classes
    long few = allocated(query, 100);
    long many = allocated(query, 500);
    return (many - few) / (400.0 * SERIES);
  }

  @Test
  void aggregationsKeepNothingOfEachSeries() {
    for (String query :
        List.of(
            "sum by (le) (rate(a_total[5m]))",
            "avg without (instance) (a_total)",
            "max by (le) (max_over_time(a_total[2m]))")) {
      assertThat(bytesPerStepOfASeries(query)).as(query).isLessThan(2);
    }
  }

  /** Three values of 8 bytes, of both sides and of the result, and which steps are taken. */
  @Test
  void joinsMakeLabelsOnceForASeries() {
    assertThat(bytesPerStepOfASeries("a_total * on (instance) group_left (le) b")).isLessThan(40);
    assertThat(bytesPerStepOfASeries("a_total / on (instance) b")).isLessThan(40);
  }

  /** The value, and its number where it is larger than all before, as here each one is. */
  @Test
  void theLargestAreFoundWithoutSortingAll() {
    assertThat(bytesPerStepOfASeries("topk(3, a_total)")).isLessThan(28);
  }
}
