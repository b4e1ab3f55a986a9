package io.aom.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares what a stored sample costs; the method is described in docs/benchmarks.md. */
final class RemoteWriteBench {
  private static final Duration VISIBLE_WITHIN = Duration.ofMinutes(2);
  private static final double FOREIGN_LIMIT = 0.15;

  private final Options options;
  private final PrintStream out;
  private final ProcStat proc = ProcStat.ofThisMachine();

  RemoteWriteBench(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** Whether every side kept every sample. */
  boolean run() throws IOException, InterruptedException {
    var peers = new Peers(out);
    var hook = new Thread(peers::close, "end-peers");
    Runtime.getRuntime().addShutdownHook(hook);
    try (var client = new Client()) {
      var sides = new ArrayList<Side>();
      RunningAom.find(options, out).ifPresent(sides::add);
      if (options.peers()) {
        sides.addAll(peers.start());
      }
      if (sides.isEmpty()) {
        throw new IllegalStateException("nothing to measure (expected: a running AOM or a peer)");
      }
      for (Side side : sides) {
        awaitAnswer(client, side);
      }
      return measure(client, sides);
    } finally {
      if (Runtime.getRuntime().removeShutdownHook(hook)) {
        peers.close();
      }
    }
  }

  private boolean measure(Client client, List<Side> sides)
      throws IOException, InterruptedException {
    long now = System.currentTimeMillis();
    var payloads =
        new RemoteWritePayloads(Long.toString(now, 36), options.series(), options.samples());
    long step = RemoteWritePayloads.STEP_MILLIS;
    long steps = (long) (options.rounds() + 1) * options.samples();
    long start = (now / step - steps) * step;
    Map<Side, List<Measured>> measured = new LinkedHashMap<>();
    sides.forEach(side -> measured.put(side, new ArrayList<>()));
    long items = 0;
    long sum = 0;
    long bytes = 0;
    for (int number = 0; number <= options.rounds(); number++) {
      RemoteWritePayloads.Round round = payloads.round(number, start);
      items += round.items();
      sum += round.valueSum();
      bytes += round.bytes();
      List<Side> order = number % 2 == 0 ? sides : sides.reversed();
      for (Side side : order) {
        Measured one = measure(client, side, payloads, round);
        out.println((number == 0 ? "warm-up " : "round " + number + ' ') + side.name() + ' ' + one);
        if (number > 0) {
          measured.computeIfAbsent(side, absent -> new ArrayList<>()).add(one);
        }
      }
    }
    long last = start + (steps - 1) * step;
    boolean whole = true;
    out.printf(
        "%n%d series, %d samples a round, %.1f bytes a sample on the wire, %d connections%n%n",
        options.series(),
        (long) options.series() * options.samples(),
        (double) bytes / items,
        options.connections());
    out.println(Measured.HEAD);
    for (var entry : measured.entrySet()) {
      String verdict = verify(client, entry.getKey(), payloads, start, last, items, sum);
      whole &= verdict.equals("complete");
      out.println(Measured.row(entry.getKey().name(), entry.getValue(), FOREIGN_LIMIT, verdict));
    }
    return whole;
  }

  private Measured measure(
      Client client, Side side, RemoteWritePayloads payloads, RemoteWritePayloads.Round round)
      throws IOException, InterruptedException {
    Set<Long> pids = proc.tree(side.pids());
    if (!pids.containsAll(side.pids())) {
      throw new IllegalStateException(side.name() + ": a process has ended: " + side.pids());
    }
    var own = Set.of(ProcessHandle.current().pid());
    ProcStat.Machine machine = proc.machine();
    long ownTicks = proc.ticks(own);
    long ticks = proc.ticks(pids);
    long began = System.nanoTime();
    client.send(side, round, options.connections());
    long sent = System.nanoTime();
    awaitVisible(client, side, payloads, round);
    long left = options.settleSeconds() * 1000L - (System.nanoTime() - sent) / 1_000_000;
    Thread.sleep(Math.max(0, left));
    if (!proc.tree(side.pids()).containsAll(pids)) {
      throw new IllegalStateException(side.name() + ": a process has ended during a round");
    }
    long used = proc.ticks(pids) - ticks;
    long ownUsed = proc.ticks(own) - ownTicks;
    ProcStat.Machine after = proc.machine();
    double foreign =
        (double) (after.busy() - machine.busy() - used - ownUsed + after.steal() - machine.steal())
            / Math.max(1, after.total() - machine.total());
    return new Measured(
        (double) used * ProcStat.MICROS_PER_TICK / round.items(),
        (sent - began) / 1e9,
        proc.residentKib(pids) / 1024,
        Math.max(0, foreign));
  }

  /** The cost of a round ends when a query sees its last samples. */
  private static void awaitVisible(
      Client client, Side side, RemoteWritePayloads payloads, RemoteWritePayloads.Round round)
      throws IOException, InterruptedException {
    int metric = Math.min(RemoteWritePayloads.METRICS, payloads.series()) - 1;
    String promql = "sum(" + selector(payloads, metric) + ")";
    long deadline = System.nanoTime() + VISIBLE_WITHIN.toNanos();
    // The sum, not the count: a query falls back on older samples of the same series.
    long wanted = round.lastSum(metric);
    while (client.sum(side, promql, round.lastMillis(), round.lastMillis()) != wanted) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(side.name() + ": samples not visible after 120 s");
      }
      Thread.sleep(250);
    }
  }

  private static String verify(
      Client client,
      Side side,
      RemoteWritePayloads payloads,
      long start,
      long last,
      long items,
      long sum)
      throws IOException, InterruptedException {
    double count = 0;
    double total = 0;
    for (int i = 0; i < Math.min(RemoteWritePayloads.METRICS, payloads.series()); i++) {
      count += client.sum(side, "count(" + selector(payloads, i) + ")", start, last);
      total += client.sum(side, "sum(" + selector(payloads, i) + ")", start, last);
    }
    return count == items && total == sum
        ? "complete"
        : "VOID: %.0f of %d samples, sum %.0f of %d".formatted(count, items, total, sum);
  }

  private static String selector(RemoteWritePayloads payloads, int metric) {
    return RemoteWritePayloads.metric(metric) + "{run=\"" + payloads.run() + "\"}";
  }

  private static void awaitAnswer(Client client, Side side) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!client.answers(side)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(side.name() + ": no answer from " + side.query());
      }
      Thread.sleep(250);
    }
  }
}
