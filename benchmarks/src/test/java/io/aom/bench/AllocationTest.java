package io.aom.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Bounds what the hot paths allocate. Times are noise on a shared machine, allocation is not: a
 * bound that is passed means that something is now made for each item that was not before.
 */
class AllocationTest {
  private static final int WARM_UPS = 5;
  private static final int RUNS = 5;

  @TestFactory
  Iterable<DynamicTest> staysBelowItsBound() throws Exception {
    var ingest = new IngestKernels();
    ingest.prepare();
    var metrics = new MetricsKernels();
    metrics.prepare();
    var logs = new LogKernels();
    logs.prepare();
    var spans = new SpanKernels();
    spans.prepare();
    int samples = MetricsKernels.SERIES * MetricsKernels.STEPS;
    return List.of(
        bound("remote write split, sample", 65, IngestKernels.SERIES, ingest::remoteWriteSplit),
        bound("log split, record", 470, IngestKernels.RECORDS, ingest::logSplit),
        bound("span split, span", 225, IngestKernels.SPANS, ingest::spanSplit),
        bound("metrics head, sample", 30, samples, metrics::headAppend),
        bound("metrics seal, sample", 72, samples, metrics::seal),
        bound(
            "sum of rates, series and step",
            66,
            MetricsKernels.SERIES * MetricsKernels.QUERY_STEPS,
            metrics::sumOfRates),
        bound("log head, record", 130, LogKernels.RECORDS, logs::headAppend),
        bound("log seal, record", 1_950, LogKernels.RECORDS, logs::seal),
        bound("log head search, record", 160, LogKernels.RECORDS, logs::headSearch),
        bound("span head, span", 270, SpanKernels.SPANS, spans::headAppend),
        bound("span seal, span", 720, SpanKernels.SPANS, spans::seal));
  }

  private static DynamicTest bound(String path, double mostBytes, int items, Callable<?> kernel) {
    return DynamicTest.dynamicTest(
        path, () -> assertThat(leastBytes(kernel) / items).as("bytes").isLessThan(mostBytes));
  }

  /** The least of some runs: the others paid for growing, once. */
  private static double leastBytes(Callable<?> kernel) throws Exception {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < WARM_UPS + RUNS; i++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      Object result = kernel.call();
      long after = threads.getCurrentThreadAllocatedBytes();
      assertThat(result).isNotNull();
      if (i >= WARM_UPS) {
        least = Math.min(least, after - before);
      }
    }
    return least;
  }
}
