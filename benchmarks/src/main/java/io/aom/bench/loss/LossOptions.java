package io.aom.bench.loss;

import java.nio.file.Path;
import java.util.List;

/**
 * What the command line of a loss run says.
 *
 * @param samples metric samples to push, as all counts rounded up to whole requests; 0 for none
 * @param kills how often a process is killed; 0 for a run without
 * @param connections requests in flight of each signal
 * @param seed of the order and the moments of the kills
 * @param minutes after which the run gives up
 * @param data folder of the AOM that is killed and started again
 */
record LossOptions(
    long samples,
    long logs,
    long spans,
    int kills,
    int connections,
    long seed,
    int minutes,
    Path data) {
  private static final List<String> NAMES =
      List.of(
          "--samples",
          "--logs",
          "--spans",
          "--kills",
          "--connections",
          "--seed",
          "--minutes",
          "--data");

  /**
   * @throws IllegalArgumentException for an unknown option or a value out of range
   */
  static LossOptions parse(String[] arguments, int from) {
    var options = new LossOptions(10_000_000, 2_000_000, 1_000_000, 12, 2, 1, 60, Path.of(".aom"));
    for (int i = from; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(arguments[i] + ": nothing follows (expected: a value)");
      }
      options = options.with(arguments[i], arguments[i + 1]);
    }
    return options;
  }

  private LossOptions with(String name, String value) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          name + ": unknown option (expected: one of " + NAMES + ")");
    }
    return new LossOptions(
        name.equals("--samples") ? number(name, value, 0, 1_000_000_000) : samples,
        name.equals("--logs") ? number(name, value, 0, 1_000_000_000) : logs,
        name.equals("--spans") ? number(name, value, 0, 1_000_000_000) : spans,
        name.equals("--kills") ? (int) number(name, value, 0, 1_000) : kills,
        name.equals("--connections") ? (int) number(name, value, 1, 64) : connections,
        name.equals("--seed") ? number(name, value, Long.MIN_VALUE, Long.MAX_VALUE) : seed,
        name.equals("--minutes") ? (int) number(name, value, 1, 1_440) : minutes,
        name.equals("--data") ? Path.of(value) : data);
  }

  private static long number(String name, String value, long least, long most) {
    String wanted =
        name + ": " + value + " (expected: a whole number from " + least + " to " + most + ")";
    try {
      long number = Long.parseLong(value);
      if (number < least || number > most) {
        throw new IllegalArgumentException(wanted);
      }
      return number;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(wanted, e);
    }
  }
}
