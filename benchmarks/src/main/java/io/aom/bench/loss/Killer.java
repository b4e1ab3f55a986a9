package io.aom.bench.loss;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;

/**
 * Kills the processes of an AOM at random moments of a run, each of them about equally often and
 * sometimes all at once, and starts it again when its own JVM was hit. Kafka and OpenSearch are
 * AOM's to start again. Now and then a second kill falls into the recovery from the first.
 */
final class Killer {
  private static final String SERVICES = "aom";
  private static final String ALL = "all";
  private static final List<String> VICTIMS = List.of(SERVICES, "kafka", "opensearch", ALL);
  private static final Duration WATCH = Duration.ofMillis(100);
  private static final int STARTS = 3;

  private final Aom aom;
  private final PrintStream out;
  private final Random random;
  private final int kills;
  private final Map<String, Integer> done = new TreeMap<>();

  /**
   * @param kills how many moments; at each, one process or all
   */
  Killer(Aom aom, int kills, long seed, PrintStream out) {
    this.aom = aom;
    this.kills = kills;
    this.random = new Random(seed);
    this.out = out;
  }

  /** How often each was killed, by name. */
  Map<String, Integer> done() {
    return Map.copyOf(done);
  }

  /**
   * Kills as the run proceeds; returns when all is done and AOM is ready.
   *
   * @param progress of the run, from 0 to 1
   * @throws IOException if AOM does not come back
   */
  void run(DoubleSupplier progress) throws IOException, InterruptedException {
    List<Double> moments = new ArrayList<>();
    List<String> victims = new ArrayList<>();
    for (int i = 0; i < kills; i++) {
      moments.add(0.03 + 0.94 * random.nextDouble());
      victims.add(VICTIMS.get(i % VICTIMS.size()));
    }
    Collections.sort(moments);
    Collections.shuffle(victims, random);
    for (int i = 0; i < kills; i++) {
      while (progress.getAsDouble() < moments.get(i)) {
        Thread.sleep(WATCH);
      }
      strike(victims.get(i), progress.getAsDouble());
      if (random.nextInt(3) == 0) {
        Thread.sleep(random.nextInt(8_000));
        strike(random.nextBoolean() ? "kafka" : "opensearch", progress.getAsDouble());
      }
      bringBack();
    }
  }

  private void strike(String victim, double progress) throws IOException, InterruptedException {
    List<Aom.Running> processes = new ArrayList<>(aom.processes());
    // The services first: they would start the others again at once.
    processes.sort((a, b) -> Boolean.compare(b.name().equals(SERVICES), a.name().equals(SERVICES)));
    for (Aom.Running process : processes) {
      if ((victim.equals(ALL) || victim.equals(process.name())) && aom.kill(process)) {
        out.printf("  %3.0f %%  killed %s (%d)%n", progress * 100, process.name(), process.pid());
        done.merge(process.name(), 1, Integer::sum);
      }
    }
  }

  /** Starts AOM if its own JVM is gone; otherwise AOM mends itself, and nobody waits for that. */
  void bringBack() throws IOException, InterruptedException {
    for (int start = 1; ; start++) {
      if (aom.processes().stream().anyMatch(process -> process.name().equals(SERVICES))) {
        return;
      }
      try {
        aom.up();
        return;
      } catch (IOException e) {
        out.println("  " + e.getMessage());
        if (start == STARTS) {
          throw e;
        }
      }
    }
  }
}
