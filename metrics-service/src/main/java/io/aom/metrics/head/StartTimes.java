package io.aom.metrics.head;

import io.aom.metrics.series.SampleColumns;
import java.util.Arrays;

/**
 * When the counter behind each sample of a chunk started, as runs: a counter keeps its start for
 * many samples, and a delta starts where the sample before it ended, so that most series have one
 * run. One thread adds; a snapshot may be read at any later time.
 */
final class StartTimes {
  /** Stands for the time of the sample before. */
  private static final long PREVIOUS = Long.MIN_VALUE;

  /** Number of the first sample of each run. */
  private int[] from = new int[1];

  private long[] start = new long[1];
  private int size;

  /**
   * Says when the counter behind sample {@code index} started; indexes ascend without gaps from the
   * first one noted.
   *
   * @param previousTime time of the sample before; 0 if there is none
   */
  void note(int index, long startMillis, long previousTime) {
    long coded = startMillis != 0 && startMillis == previousTime ? PREVIOUS : startMillis;
    if (size == 0 ? coded == 0 : start[size - 1] == coded) {
      return;
    }
    if (size == from.length) {
      from = Arrays.copyOf(from, size * 2);
      start = Arrays.copyOf(start, size * 2);
    }
    from[size] = index;
    start[size++] = coded;
  }

  long sizeBytes() {
    return 64 + 12L * from.length;
  }

  Runs snapshot() {
    return new Runs(from, start, size);
  }

  /** What was noted so far; the part of the arrays it covers does not change. */
  record Runs(int[] from, long[] start, int size) {

    /** The samples of a chunk from its first on, with their starts. */
    SampleColumns attach(SampleColumns samples) {
      long[] starts = new long[samples.size()];
      int run = -1;
      for (int i = 0; i < starts.length; i++) {
        while (run + 1 < size && from[run + 1] <= i) {
          run++;
        }
        long coded = run < 0 ? 0 : start[run];
        starts[i] = coded != PREVIOUS ? coded : i == 0 ? 0 : samples.time(i - 1);
      }
      return new SampleColumns(samples.times(), samples.values(), starts, samples.size());
    }
  }
}
