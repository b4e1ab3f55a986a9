package io.aom.bench;

import io.aom.bench.rig.CpuWatch.Used;
import io.aom.bench.rig.Spread;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * One round of one system.
 *
 * @param cpuMicros processor time of all processes for each item, in microseconds
 * @param wallSeconds from the first request to the last answer
 * @param residentMib of all processes, after the round
 * @param foreign share of the machine that others used or the hypervisor took, 0 to 1
 */
record Measured(double cpuMicros, double wallSeconds, long residentMib, double foreign) {
  /**
   * What the rounds of a system do not show.
   *
   * @param cpuMicros processor time for each item of the rounds that was put off until after them
   * @param diskBytes for each item of the rounds
   */
  record Afterwards(OptionalDouble cpuMicros, OptionalDouble diskBytes) {}

  static String head(String unit) {
    return """
    | system | warm-up, CPU us/%1$s: mean | rounds, CPU us/%1$s: median (min-max) | put off, CPU us/%1$s | mean and put off | wall s/round: median (min-max) \
    | disk B/%1$s | RSS MiB (most) | foreign CPU (most) | checked |
    | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\
    """
        .formatted(unit);
  }

  /**
   * @param warmUps those that were dropped; what they took is only shown
   */
  static String row(
      String name,
      List<Measured> warmUps,
      List<Measured> rounds,
      Afterwards afterwards,
      String verdict) {
    double foreign = rounds.stream().mapToDouble(Measured::foreign).max().orElse(0);
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %s | %.2f | %s | %s | %d | %.0f %%%s | %s |",
        name,
        orDash(mean(warmUps), "%.2f"),
        spread(rounds, Measured::cpuMicros),
        orDash(afterwards.cpuMicros, "%.2f"),
        mean(rounds).orElse(0) + afterwards.cpuMicros.orElse(0),
        spread(rounds, Measured::wallSeconds),
        orDash(afterwards.diskBytes, "%.1f"),
        rounds.stream().mapToLong(Measured::residentMib).max().orElse(0),
        foreign * 100,
        foreign > Used.FOREIGN_LIMIT ? " (too busy: not to be quoted)" : "",
        verdict);
  }

  private static OptionalDouble mean(List<Measured> rounds) {
    return rounds.stream().mapToDouble(Measured::cpuMicros).average();
  }

  private static String orDash(OptionalDouble figure, String format) {
    return figure.isPresent() ? String.format(Locale.ROOT, format, figure.getAsDouble()) : "-";
  }

  private static String spread(List<Measured> rounds, ToDoubleFunction<Measured> figure) {
    return Spread.of(rounds.stream().mapToDouble(figure).toArray()).text(2);
  }

  String line(String unit) {
    return String.format(
        Locale.ROOT,
        "%.2f us/%s, %.2f s, %d MiB, foreign %.0f %%",
        cpuMicros,
        unit,
        wallSeconds,
        residentMib,
        foreign * 100);
  }
}
