package io.aom.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * One round of one side.
 *
 * @param cpuMicros processor time of all processes for each sample, in microseconds
 * @param wallSeconds from the first request to the last answer
 * @param residentMib of all processes, after the round
 * @param foreign share of the machine that others used or the hypervisor took, 0 to 1
 */
record Measured(double cpuMicros, double wallSeconds, long residentMib, double foreign) {
  static final String HEAD =
      """
      | system | CPU us/sample: median (min-max) | wall s/round: median (min-max) | RSS MiB (most) \
      | foreign CPU (most) | checked |
      | --- | --- | --- | --- | --- | --- |\
      """;

  static String row(String name, List<Measured> rounds, double foreignLimit, String verdict) {
    double foreign = rounds.stream().mapToDouble(Measured::foreign).max().orElse(0);
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %d | %.0f %%%s | %s |",
        name,
        spread(rounds, Measured::cpuMicros),
        spread(rounds, Measured::wallSeconds),
        rounds.stream().mapToLong(Measured::residentMib).max().orElse(0),
        foreign * 100,
        foreign > foreignLimit ? " (too busy: not to be quoted)" : "",
        verdict);
  }

  private static String spread(List<Measured> rounds, ToDoubleFunction<Measured> figure) {
    double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return String.format(
        Locale.ROOT, "%.2f (%.2f-%.2f)", median, sorted[0], sorted[sorted.length - 1]);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%.2f us/sample, %.2f s, %d MiB, foreign %.0f %%",
        cpuMicros,
        wallSeconds,
        residentMib,
        foreign * 100);
  }
}
