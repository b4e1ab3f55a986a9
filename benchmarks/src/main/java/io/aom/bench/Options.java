package io.aom.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Arguments of {@code remote-write}.
 *
 * @param rounds measured rounds; one more, dropped, goes before them
 * @param settleSeconds least time after the last request that still counts
 * @param url address of a running AOM; else what {@code aom status} says
 * @param pids processes of AOM, separated by commas; else what {@code aom status} says
 */
record Options(
    int series,
    int samples,
    int rounds,
    int connections,
    int settleSeconds,
    Path data,
    Optional<String> url,
    Optional<Path> keyFile,
    Optional<String> pids,
    boolean peers) {
  private static final List<String> NAMES =
      List.of(
          "--series",
          "--samples",
          "--rounds",
          "--connections",
          "--settle",
          "--data",
          "--url",
          "--key-file",
          "--pids",
          "--no-peers");

  static Options parse(String[] arguments, int from) {
    var options =
        new Options(
            100_000,
            4,
            5,
            2,
            5,
            Path.of(".aom"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            true);
    for (int i = from; i < arguments.length; i++) {
      String name = arguments[i];
      if (name.equals("--no-peers")) {
        options = options.with(name, "");
        continue;
      }
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(name + ": nothing follows (expected: a value)");
      }
      options = options.with(name, arguments[++i]);
    }
    return options;
  }

  private Options with(String name, String value) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          name + ": unknown option (expected: one of " + NAMES + ")");
    }
    return new Options(
        name.equals("--series") ? number(name, value, 2_000_000) : series,
        name.equals("--samples") ? number(name, value, 1_000) : samples,
        name.equals("--rounds") ? number(name, value, 1_000) : rounds,
        name.equals("--connections") ? number(name, value, 64) : connections,
        name.equals("--settle") ? number(name, value, 600) : settleSeconds,
        name.equals("--data") ? Path.of(value) : data,
        name.equals("--url") ? Optional.of(value) : url,
        name.equals("--key-file") ? Optional.of(Path.of(value)) : keyFile,
        name.equals("--pids") ? Optional.of(value) : pids,
        peers && !name.equals("--no-peers"));
  }

  private static int number(String name, String value, int most) {
    String wanted = name + ": " + value + " (expected: a whole number from 1 to " + most + ")";
    try {
      int number = Integer.parseInt(value);
      if (number < 1 || number > most) {
        throw new IllegalArgumentException(wanted);
      }
      return number;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(wanted, e);
    }
  }
}
