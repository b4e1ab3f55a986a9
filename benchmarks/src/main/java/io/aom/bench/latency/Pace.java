package io.aom.bench.latency;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Begins tasks at a steady pace, whether or not earlier ones have ended (an open loop): a system
 * that stalls does not keep the next ones from being measured.
 */
final class Pace {
  private Pace() {}

  /** One of the tasks. */
  interface Task {
    /**
     * @param number from 0 up
     * @param dueNanos when it was to begin, as {@link System#nanoTime} has it
     */
    void run(int number, long dueNanos) throws IOException, InterruptedException;
  }

  /**
   * Returns when all have ended.
   *
   * @throws IOException if one has failed; the others run to their end
   */
  static void keep(Duration period, int tasks, Task task) throws IOException, InterruptedException {
    List<Future<?>> running = new ArrayList<>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      long began = System.nanoTime();
      for (int i = 0; i < tasks; i++) {
        int number = i;
        long due = began + i * period.toNanos();
        Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
        running.add(
            executor.submit(
                () -> {
                  task.run(number, due);
                  return null;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IOException(String.valueOf(e.getCause()), e);
    }
  }
}
