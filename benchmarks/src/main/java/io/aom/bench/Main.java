package io.aom.bench;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Entry point of {@code ./aom bench}. Exit code 0: measured and verified; 1: not; 2: usage. */
public final class Main {
  private static final String USAGE =
      """
      usage: aom bench remote-write [--series N] [--samples N] [--rounds N] [--connections N]
                                    [--settle SECONDS] [--data DIR] [--url URL] [--key-file FILE]
                                    [--pids PID,...] [--no-peers]
      Sends the same remote write requests to a running AOM and to VictoriaMetrics and Prometheus
      where they are installed; see docs/benchmarks.md.\
      """;

  private Main() {}

  public static void main(String[] arguments) throws InterruptedException {
    var out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.exit(run(arguments, out));
  }

  private static int run(String[] arguments, PrintStream out) throws InterruptedException {
    if (arguments.length == 0 || !arguments[0].equals("remote-write")) {
      out.println(USAGE);
      return 2;
    }
    Options options;
    try {
      options = Options.parse(arguments, 1);
    } catch (IllegalArgumentException e) {
      out.println("bench: " + e.getMessage());
      return 2;
    }
    try {
      return new RemoteWriteBench(options, out).run() ? 0 : 1;
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      out.println("bench: " + e.getMessage());
      return 1;
    }
  }
}
