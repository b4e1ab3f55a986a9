package io.aom.bench.query;

import io.aom.bench.payload.Dataset;
import io.aom.bench.rig.Aom;
import io.aom.bench.rig.MetricStore;
import io.aom.bench.rig.Options;
import io.aom.bench.rig.Rig;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Range and instant queries over many series, against what is in AOM's heads and then in its
 * blocks; the method is described in docs/benchmarks.md.
 */
public final class QueryBench {
  public static final Map<String, Integer> SIZES =
      Map.of("--series", 100_000, "--samples", 100, "--seconds", 1);

  private static final List<Integer> SMALLER = List.of(2_000, 10_000);

  /** Beyond that the text of the answer alone is a hundred megabytes. */
  private static final int MOST_ANSWERED = 10_000;

  private static final long SAMPLE_MILLIS = 15_000;
  private static final long STEP_MILLIS = 30_000;
  private static final int STEPS_PER_REQUEST = 5;

  /** Samples lie half a step beside the steps, so that no window has one on its edge. */
  private static final long BESIDE_MILLIS = 7_000;

  private final Options options;
  private final PrintStream out;
  private final List<Dataset> datasets = new ArrayList<>();

  private QueryBench(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
    long now = System.currentTimeMillis();
    String run = Long.toString(now, Character.MAX_RADIX);
    int samples = options.number("--samples");
    long start = (now / STEP_MILLIS) * STEP_MILLIS - samples * SAMPLE_MILLIS + BESIDE_MILLIS;
    int most = options.number("--series");
    SMALLER.stream()
        .filter(size -> size < most)
        .forEach(size -> datasets.add(new Dataset(run, size, samples, start, SAMPLE_MILLIS)));
    datasets.add(new Dataset(run, most, samples, start, SAMPLE_MILLIS));
  }

  /** Whether all systems answered all questions alike. */
  public static boolean run(Options options, PrintStream out)
      throws IOException, InterruptedException {
    // With a hold, what is sealed would be answered from memory for some minutes more. A tenant may
    // ask 100 queries a second if it is not told otherwise, which is less than is asked here.
    Map<String, String> settings =
        Map.of("AOM_BLOCKS_HOLD", "0s", "AOM_GATEWAY_QUERIESPERSECOND", "10000");
    try (Rig rig = Rig.withOwnAom(options, settings, out)) {
      return new QueryBench(options, out).run(rig);
    }
  }

  private boolean run(Rig rig) throws IOException, InterruptedException {
    List<MetricStore> stores = rig.metricStores();
    for (Dataset dataset : datasets) {
      for (int step = 0; step < dataset.samples(); step += STEPS_PER_REQUEST) {
        dataset.send(rig.client(), stores, options.connections(), step, step + STEPS_PER_REQUEST);
      }
      dataset.awaitWhole(rig.client(), stores);
      out.printf(
          "Loaded: %,d series with %d samples each%n", dataset.allSeries(), dataset.samples());
    }
    var questions = new ArrayList<Question>();
    datasets.forEach(dataset -> questions.addAll(ranges(dataset)));
    questions.addAll(instants(datasets.getLast()));

    var timing = new Timing(options, rig.client(), stores, out);
    timing.warmUp(questions);
    boolean alike = timing.run("what AOM has in heads", questions);
    if (rig.aom().isPresent()) {
      Aom aom = rig.aom().get();
      aom.sealAndLetGo(rig.client());
      timing.warmUp(questions);
      alike &= timing.run("what AOM has in blocks", questions);
    }
    return alike;
  }

  private static List<Question> ranges(Dataset dataset) {
    Dashboard dashboard = Dashboard.over(dataset, Duration.ofMinutes(5), STEP_MILLIS);
    List<Question> questions =
        List.of(dashboard.sumOfRates(), dashboard.quantile(), dashboard.join(), dashboard.top());
    return dataset.series() > MOST_ANSWERED
        ? questions
        : Stream.concat(questions.stream(), Stream.of(dashboard.all())).toList();
  }

  private static List<Question> instants(Dataset dataset) {
    long time = Math.floorDiv(dataset.lastMillis(), STEP_MILLIS) * STEP_MILLIS;
    String m = dataset.buckets();
    return List.of(
        Question.instant("count(m)", "count(" + m + ")", dataset.series(), time),
        Question.instant(
            "sum by (namespace) (m)", "sum by (namespace) (" + m + ")", dataset.series(), time),
        Question.instant("m", m, dataset.series(), time));
  }
}
