package io.aom.bench;

import io.aom.bench.footprint.DiskBench;
import io.aom.bench.footprint.MemoryBench;
import io.aom.bench.footprint.RestartBench;
import io.aom.bench.latency.LatencyBench;
import io.aom.bench.loss.LossRun;
import io.aom.bench.query.HistoryBench;
import io.aom.bench.query.QueryBench;
import io.aom.bench.rig.Options;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;

/** Entry point of {@code ./aom bench}. Exit code 0: measured and verified; 1: not; 2: usage. */
public final class Main {
  private static final String USAGE =
      """
      usage: aom bench remote-write [--series N] [--samples N] [options]
             aom bench new-series [--series N] [options]
             aom bench logs [--records N] [--gzip] [options]
             aom bench spans [--traces N] [--gzip] [options]
             aom bench query [--series N] [--samples N] [--seconds N] [options]
             aom bench history [--series N] [--days N] [--interval SECONDS] [--seals-a-day N]
                               [--seconds N] [options]
             aom bench memory [--series N] [--times N] [--samples N] [options]
             aom bench disk [--samples N] [--hosts N] [--pace MILLIS] [--capture FILE] [options]
             aom bench restart [--series N] [--samples N] [--rounds N] [options]
             aom bench latency [--rate N] [--seconds N] [options]
             aom bench loss [--samples N] [--logs N] [--spans N] [--kills N] [--connections N]
                            [--seed N] [--minutes N] [--data DIR]
             aom bench jmh [PATTERN] [options of JMH]
      options: [--rounds N] [--warm-ups N] [--connections N] [--settle SECONDS] [--data DIR]
               [--url URL] [--key-file FILE] [--pids PID,...] [--no-peers]
      The first four send the same data to a running AOM and to other systems where they are
      installed; query to latency do so with an AOM of their own, unless --data or --url name
      one; loss kills AOM's processes meanwhile and counts afterwards; jmh times kernels;
      see docs/benchmarks.md.\
      """;

  private Main() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    var out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.exit(run(arguments, out));
  }

  private static int run(String[] arguments, PrintStream out)
      throws IOException, InterruptedException {
    return switch (arguments.length == 0 ? "" : arguments[0]) {
      case "remote-write" ->
          compare(
              arguments,
              Map.of("--series", 100_000, "--samples", 4),
              RemoteWriteLoad::samples,
              out);
      case "new-series" ->
          compare(arguments, Map.of("--series", 50_000), RemoteWriteLoad::newSeries, out);
      case "logs" -> compare(arguments, LogLoad.SIZES, LogLoad::new, out);
      case "spans" -> compare(arguments, SpanLoad.SIZES, SpanLoad::new, out);
      case "disk" -> bench(arguments, DiskBench.SIZES, DiskBench::run, out);
      case "latency" -> bench(arguments, LatencyBench.SIZES, LatencyBench::run, out);
      case "memory" -> bench(arguments, MemoryBench.SIZES, MemoryBench::run, out);
      case "restart" -> bench(arguments, RestartBench.SIZES, RestartBench::run, out);
      case "history" -> bench(arguments, HistoryBench.SIZES, HistoryBench::run, out);
      case "query" -> bench(arguments, QueryBench.SIZES, QueryBench::run, out);
      case "loss" -> loss(arguments, out);
      case "jmh" -> {
        org.openjdk.jmh.Main.main(Arrays.copyOfRange(arguments, 1, arguments.length));
        yield 0;
      }
      default -> {
        out.println(USAGE);
        yield 2;
      }
    };
  }

  /** A benchmark: says what it finds, and whether all was as it had to be. */
  private interface Bench {
    boolean run(Options options, PrintStream out) throws IOException, InterruptedException;
  }

  private static <R extends Round> int compare(
      String[] arguments,
      Map<String, Integer> sizes,
      Function<Options, Load<R>> load,
      PrintStream out)
      throws InterruptedException {
    return bench(
        arguments,
        sizes,
        (options, to) -> new Comparison<>(options, to, load.apply(options)).run(),
        out);
  }

  private static int bench(
      String[] arguments, Map<String, Integer> sizes, Bench bench, PrintStream out)
      throws InterruptedException {
    Options options;
    try {
      options = Options.parse(arguments, 1, sizes);
    } catch (IllegalArgumentException e) {
      out.println("bench: " + e.getMessage());
      return 2;
    }
    try {
      return bench.run(options, out) ? 0 : 1;
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      out.println("bench: " + e.getMessage());
      return 1;
    }
  }

  private static int loss(String[] arguments, PrintStream out) throws InterruptedException {
    try {
      return LossRun.run(arguments, 1, out) ? 0 : 1;
    } catch (IllegalArgumentException e) {
      out.println("bench: " + e.getMessage());
      return 2;
    } catch (IOException | IllegalStateException e) {
      out.println("bench: " + e.getMessage());
      return 1;
    }
  }
}
