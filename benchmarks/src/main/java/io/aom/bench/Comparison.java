package io.aom.bench;

import io.aom.bench.rig.Client;
import io.aom.bench.rig.CpuWatch;
import io.aom.bench.rig.Options;
import io.aom.bench.rig.ProcStat;
import io.aom.bench.rig.Rig;
import io.aom.bench.rig.Until;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Compares what a stored item costs; the method is described in docs/benchmarks.md.
 *
 * @param <R> what a round sends
 */
final class Comparison<R extends Round> {
  private static final Duration VISIBLE_WITHIN = Duration.ofMinutes(2);
  private static final Duration READY_WITHIN = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(250);

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
    try (Rig rig = Rig.withRunningAom(options, out)) {
      List<Contender<R>> contenders = load.contenders(rig.client(), rig.aom(), rig.peers());
      if (contenders.isEmpty()) {
        throw new IllegalStateException("nothing to measure (expected: a running AOM or a peer)");
      }
      for (Contender<R> contender : contenders) {
        Until.holds(
            contender.name() + ": no answer from " + contender.probe().uri(),
            READY_WITHIN,
            PAUSE,
            () -> rig.client().isAnswered(contender.probe()));
        contender.prepare();
      }
      return measure(rig.client(), contenders);
    }
  }

  /** A contender and what is known of it so far. */
  private record Entrant<R extends Round>(
      Contender<R> contender, CpuShares shares, List<Measured> warmUps, List<Measured> rounds) {
    String name() {
      return contender.name();
    }
  }

  private boolean measure(Client client, List<Contender<R>> contenders)
      throws IOException, InterruptedException {
    var entrants = new ArrayList<Entrant<R>>();
    for (Contender<R> contender : contenders) {
      var shares = new CpuShares(proc, contender.server().processes());
      entrants.add(new Entrant<>(contender, shares, new ArrayList<>(), new ArrayList<>()));
    }
    send(client, entrants, 0, options.warmUps());
    List<OptionalLong> diskBefore = finishWarmUps(entrants);
    long items = send(client, entrants, options.warmUps(), options.allRounds());
    var rows = new ArrayList<String>();
    boolean whole = true;
    for (int i = 0; i < entrants.size(); i++) {
      Entrant<R> entrant = entrants.get(i);
      Measured.Afterwards afterwards = finish(entrant, diskBefore.get(i), items);
      String verdict = entrant.contender.verify();
      whole &= verdict.equals(Contender.COMPLETE);
      rows.add(Measured.row(entrant.name(), entrant.warmUps, entrant.rounds, afterwards, verdict));
    }
    out.printf("%n%s, %d connections%n%n", load.sent(), options.connections());
    out.println(Measured.head(load.unit()));
    rows.forEach(out::println);
    out.println();
    entrants.forEach(entrant -> out.println(entrant.name() + ": " + entrant.shares));
    return whole;
  }

  /**
   * Measures rounds, forth and back through the systems.
   *
   * @param from number of the first; those before {@code --warm-ups} are warm-ups
   * @param to number behind the last
   * @return items of them all
   */
  private long send(Client client, List<Entrant<R>> entrants, int from, int to)
      throws IOException, InterruptedException {
    long items = 0;
    for (int number = from; number < to; number++) {
      boolean warmUp = number < options.warmUps();
      R round = load.round(number);
      items += round.items();
      for (Entrant<R> entrant : number % 2 == 0 ? entrants : entrants.reversed()) {
        Measured one = measure(client, entrant, round, warmUp);
        (warmUp ? entrant.warmUps : entrant.rounds).add(one);
        out.println(
            (warmUp ? "warm-up " : "round " + entrant.rounds.size() + ' ')
                + entrant.name()
                + ' '
                + one.line(load.unit()));
      }
    }
    return items;
  }

  private Measured measure(Client client, Entrant<R> entrant, R round, boolean warmUp)
      throws IOException, InterruptedException {
    Contender<R> contender = entrant.contender;
    CpuWatch watch = CpuWatch.begin(proc, contender.server());
    CpuShares.Reading before = entrant.shares.read();
    long began = System.nanoTime();
    client.send(contender, contender.bodies(round), options.connections());
    long sent = System.nanoTime();
    // The cost of a round ends when a query sees what was sent last.
    Until.holds(
        contender.name() + ": not visible", VISIBLE_WITHIN, PAUSE, () -> contender.shows(round));
    long left = options.settleSeconds() * 1000L - (System.nanoTime() - sent) / 1_000_000;
    Thread.sleep(Math.max(0, left));
    CpuWatch.Used used = watch.used();
    if (!warmUp) {
      entrant.shares.addSince(before);
    }
    return new Measured(
        (double) used.micros() / round.items(),
        (sent - began) / 1e9,
        used.residentMib(),
        used.foreign());
  }

  /**
   * Has every system do what the warm-up put off, so that none of it is charged to the rounds, and
   * what does it is compiled.
   *
   * @return what each has on disk then
   */
  private List<OptionalLong> finishWarmUps(List<Entrant<R>> entrants)
      throws IOException, InterruptedException {
    var disk = new ArrayList<OptionalLong>();
    for (Entrant<R> entrant : entrants) {
      entrant.contender.finish();
      disk.add(entrant.contender.diskBytes());
    }
    return disk;
  }

  private Measured.Afterwards finish(Entrant<R> entrant, OptionalLong diskBefore, long items)
      throws IOException, InterruptedException {
    Contender<R> contender = entrant.contender;
    CpuWatch watch = CpuWatch.begin(proc, contender.server());
    boolean finished = contender.finish();
    long micros = watch.used().micros();
    OptionalLong disk = contender.diskBytes();
    return new Measured.Afterwards(
        finished ? OptionalDouble.of((double) micros / items) : OptionalDouble.empty(),
        disk.isPresent() && diskBefore.isPresent()
            ? OptionalDouble.of((double) (disk.getAsLong() - diskBefore.getAsLong()) / items)
            : OptionalDouble.empty());
  }
}
