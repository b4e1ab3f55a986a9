package io.aom.bench.rig;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Arguments of a comparison: those that all have, and the sizes that only one has. */
public final class Options {
  /** Most that a number may be; all are 1 or more. */
  private static final Map<String, Integer> MOST =
      Map.of(
          "--rounds", 1_000,
          "--warm-ups", 1_000,
          "--connections", 64,
          "--settle", 600,
          "--series", 2_000_000,
          "--samples", 1_000,
          "--records", 2_000_000,
          "--traces", 200_000,
          "--seconds", 600);

  private static final Map<String, Integer> MOST_OF_SOME =
      Map.of(
          "--days",
          25,
          "--interval",
          3_600,
          "--seals-a-day",
          1_440,
          "--rate",
          100_000,
          "--times",
          20);

  private static final Set<String> TEXTS =
      Set.of("--data", "--url", "--key-file", "--pids", "--capture");
  private static final Set<String> SWITCHES = Set.of("--gzip", "--no-peers");

  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<String, String> texts = new HashMap<>();
  private final Set<String> switches = new TreeSet<>();

  private Options(Map<String, Integer> sizes) {
    numbers.put("--rounds", 5);
    numbers.put("--warm-ups", 4); // With the settling at least 20 s of each system.
    numbers.put("--connections", 2);
    numbers.put("--settle", 5);
    numbers.putAll(sizes);
  }

  /**
   * Reads {@code arguments[from...]}.
   *
   * @param sizes the sizes that this benchmark has, with what they are if not given; also other
   *     defaults for what all have
   */
  public static Options parse(String[] arguments, int from, Map<String, Integer> sizes) {
    var options = new Options(sizes);
    for (int i = from; i < arguments.length; i++) {
      String name = arguments[i];
      if (SWITCHES.contains(name)) {
        options.switches.add(name);
        continue;
      }
      boolean number = options.numbers.containsKey(name);
      if (!number && !TEXTS.contains(name)) {
        throw new IllegalArgumentException(
            name + ": unknown option (expected: one of " + options.names() + ")");
      }
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(name + ": nothing follows (expected: a value)");
      }
      String value = arguments[++i];
      if (number) {
        options.numbers.put(name, number(name, value));
      } else {
        options.texts.put(name, value);
      }
    }
    return options;
  }

  private Set<String> names() {
    var names = new TreeSet<>(numbers.keySet());
    names.addAll(TEXTS);
    names.addAll(SWITCHES);
    return names;
  }

  /** Measured rounds. */
  public int rounds() {
    return number("--rounds");
  }

  /** Rounds that go before the measured ones and are dropped. */
  public int warmUps() {
    return number("--warm-ups");
  }

  public int allRounds() {
    return warmUps() + rounds();
  }

  public int connections() {
    return number("--connections");
  }

  /** Least time after the last request that still counts. */
  public int settleSeconds() {
    return number("--settle");
  }

  /** One of the sizes that {@link #parse} was told of. */
  public int number(String name) {
    return Optional.ofNullable(numbers.get(name)).orElseThrow();
  }

  Path data() {
    return Path.of(texts.getOrDefault("--data", ".aom"));
  }

  /** Whether a running AOM is meant rather than one that is started for the run. */
  boolean namesAom() {
    return texts.containsKey("--data") || texts.containsKey("--url");
  }

  /** Address of a running AOM; else what {@code aom status} says. */
  Optional<String> url() {
    return Optional.ofNullable(texts.get("--url"));
  }

  Path keyFile() {
    return Optional.ofNullable(texts.get("--key-file"))
        .map(Path::of)
        .orElse(data().resolve("admin.key"));
  }

  /** Processes of AOM, separated by commas; else what {@code aom status} says. */
  Optional<String> pids() {
    return Optional.ofNullable(texts.get("--pids"));
  }

  /** File of scrapes, read if it is there and else written. */
  public Optional<Path> capture() {
    return Optional.ofNullable(texts.get("--capture")).map(Path::of);
  }

  /** Whether bodies are sent compressed, to every system. */
  public boolean gzip() {
    return switches.contains("--gzip");
  }

  public boolean peers() {
    return !switches.contains("--no-peers");
  }

  private static int number(String name, String value) {
    int most = MOST.getOrDefault(name, MOST_OF_SOME.getOrDefault(name, Integer.MAX_VALUE));
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
