package io.aom.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Compares what a stored item costs; the method is described in docs/benchmarks.md.
 *
 * @param <R> what a round sends
 */
final class Comparison<R extends Round> {
  private static final Duration VISIBLE_WITHIN = Duration.ofMinutes(2);
  private static final Duration READY_WITHIN = Duration.ofMinutes(1);

  private final Options options;
  private final PrintStream out;
  private final Load<R> load;
  private final ProcStat proc = ProcStat.ofThisMachine();

  Comparison(Options options, PrintStream out, Load<R> load) {
    this.options = options;
    this.out = out;
    this.load = load;
  }

  /** Whether every system kept everything. */
  boolean run() throws IOException, InterruptedException {
    var peers = new Peers(out);
    var hook = new Thread(peers::close, "end-peers");
    Runtime.getRuntime().addShutdownHook(hook);
    try (var client = new Client()) {
      Optional<Aom> aom = RunningAom.find(options, out);
      List<Contender<R>> contenders =
          load.contenders(client, aom, options.peers() ? Optional.of(peers) : Optional.empty());
      if (contenders.isEmpty()) {
        throw new IllegalStateException("nothing to measure (expected: a running AOM or a peer)");
      }
      for (Contender<R> contender : contenders) {
        awaitAnswer(client, contender);
        contender.prepare();
      }
      return measure(client, contenders);
    } finally {
      if (Runtime.getRuntime().removeShutdownHook(hook)) {
        peers.close();
      }
    }
  }

  /** A contender and what is known of it so far. */
  private record Entrant<R extends Round>(
      Contender<R> contender, OptionalLong diskBefore, CpuShares shares, List<Measured> rounds) {
    String name() {
      return contender.name();
    }
  }

  private boolean measure(Client client, List<Contender<R>> contenders)
      throws IOException, InterruptedException {
    var entrants = new ArrayList<Entrant<R>>();
    for (Contender<R> contender : contenders) {
      var shares = new CpuShares(proc, contender.server().processes());
      entrants.add(new Entrant<>(contender, contender.diskBytes(), shares, new ArrayList<>()));
    }
    long items = 0;
    for (int number = 0; number < options.allRounds(); number++) {
      boolean warmUp = number < options.warmUps();
      R round = load.round(number);
      items += round.items();
      for (Entrant<R> entrant : number % 2 == 0 ? entrants : entrants.reversed()) {
        Measured one = measure(client, entrant, round, warmUp);
        if (!warmUp) {
          entrant.rounds.add(one);
        }
        out.println(
            (warmUp ? "warm-up " : "round " + entrant.rounds.size() + ' ')
                + entrant.name()
                + ' '
                + one.line(load.unit()));
      }
    }
    var rows = new ArrayList<String>();
    boolean whole = true;
    for (Entrant<R> entrant : entrants) {
      Measured.Afterwards afterwards = finish(entrant, items);
      String verdict = entrant.contender.verify();
      whole &= verdict.equals(Contender.COMPLETE);
      rows.add(Measured.row(entrant.name(), entrant.rounds, afterwards, verdict));
    }
    out.printf("%n%s, %d connections%n%n", load.sent(), options.connections());
    out.println(Measured.head(load.unit()));
    rows.forEach(out::println);
    out.println();
    entrants.forEach(entrant -> out.println(entrant.name() + ": " + entrant.shares));
    return whole;
  }

  private Measured measure(Client client, Entrant<R> entrant, R round, boolean warmUp)
      throws IOException, InterruptedException {
    Contender<R> contender = entrant.contender;
    Set<Long> pids = living(contender);
    var own = Set.of(ProcessHandle.current().pid());
    ProcStat.Machine machine = proc.machine();
    long ownTicks = proc.ticks(own);
    long ticks = proc.ticks(pids);
    CpuShares.Reading before = entrant.shares.read();
    long began = System.nanoTime();
    client.send(contender, round, options.connections());
    long sent = System.nanoTime();
    awaitVisible(contender, round);
    if (!warmUp) {
      long left = options.settleSeconds() * 1000L - (System.nanoTime() - sent) / 1_000_000;
      Thread.sleep(Math.max(0, left));
    }
    if (!proc.tree(contender.server().pids()).containsAll(pids)) {
      throw new IllegalStateException(contender.name() + ": a process has ended during a round");
    }
    long used = proc.ticks(pids) - ticks;
    if (!warmUp) {
      entrant.shares.addSince(before);
    }
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

  private Measured.Afterwards finish(Entrant<R> entrant, long items)
      throws IOException, InterruptedException {
    Contender<R> contender = entrant.contender;
    Set<Long> pids = living(contender);
    long ticks = proc.ticks(pids);
    boolean finished = contender.finish();
    long used = proc.ticks(pids) - ticks;
    OptionalLong disk = contender.diskBytes();
    return new Measured.Afterwards(
        finished
            ? OptionalDouble.of((double) used * ProcStat.MICROS_PER_TICK / items)
            : OptionalDouble.empty(),
        disk.isPresent() && entrant.diskBefore.isPresent()
            ? OptionalDouble.of(
                (double) (disk.getAsLong() - entrant.diskBefore.getAsLong()) / items)
            : OptionalDouble.empty());
  }

  private Set<Long> living(Contender<R> contender) {
    Set<Long> wanted = contender.server().pids();
    Set<Long> pids = proc.tree(wanted);
    if (!pids.containsAll(wanted)) {
      throw new IllegalStateException(contender.name() + ": a process has ended: " + wanted);
    }
    return pids;
  }

  /** The cost of a round ends when a query sees what was sent last. */
  private void awaitVisible(Contender<R> contender, R round)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + VISIBLE_WITHIN.toNanos();
    while (!contender.shows(round)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            contender.name() + ": not visible after " + VISIBLE_WITHIN.toSeconds() + " s");
      }
      Thread.sleep(250);
    }
  }

  private void awaitAnswer(Client client, Contender<R> contender) throws InterruptedException {
    long deadline = System.nanoTime() + READY_WITHIN.toNanos();
    while (!client.isAnswered(contender.probe())) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            contender.name() + ": no answer from " + contender.probe().uri());
      }
      Thread.sleep(250);
    }
  }
}
