package io.aom.standalone;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Says to the person at the terminal what is going on. Safe for use by many threads. */
final class Console {
  private final PrintStream out;
  private final long start = System.nanoTime();

  Console(PrintStream out) {
    this.out = out;
  }

  /** A plain line. */
  void print(String line) {
    out.println(line);
    out.flush();
  }

  /** A step on the way, with the seconds since the start. */
  void step(String line) {
    print(String.format(Locale.ROOT, "%6.1f s  %s", elapsed().toMillis() / 1000.0, line));
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
