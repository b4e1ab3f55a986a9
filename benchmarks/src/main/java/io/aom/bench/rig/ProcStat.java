package io.aom.bench.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Processor time and memory of processes, from Linux' {@code /proc}. Times are in ticks of 1/100 s,
 * which is what every Linux shows to user programs (USER_HZ).
 *
 * @param proc the folder {@code /proc}, or a copy of it
 */
public record ProcStat(Path proc) {
  public static final long MICROS_PER_TICK = 10_000;
  private static final Path LINUX = Path.of("/proc");

  /**
   * One process.
   *
   * @param ticks user and system time since its start
   */
  record Entry(long pid, long parent, long ticks) {}

  /**
   * The whole machine since its start, in ticks.
   *
   * @param busy everything but idle, waiting for I/O, and stolen
   */
  record Machine(long busy, long steal, long total) {}

  public static ProcStat ofThisMachine() {
    return new ProcStat(LINUX);
  }

  /** Reads a line of {@code /proc/PID/stat}; the name in brackets may hold blanks and brackets. */
  static Entry parse(String line) {
    int open = line.indexOf('(');
    int close = line.lastIndexOf(')');
    if (open < 0 || close < open) {
      throw new IllegalArgumentException("stat: " + line + " (expected: pid (name) state ...)");
    }
    String[] fields = line.substring(close + 1).strip().split(" ", -1);
    if (fields.length < 13) {
      throw new IllegalArgumentException("stat: " + line + " (expected: 15 or more fields)");
    }
    return new Entry(
        Long.parseLong(line.substring(0, open).strip()),
        Long.parseLong(fields[1]),
        Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
  }

  /** Reads the first line of {@code /proc/stat}. */
  static Machine parseMachine(String line) {
    String[] fields = line.strip().split(" +", -1);
    if (fields.length < 9 || !fields[0].equals("cpu")) {
      throw new IllegalArgumentException("stat: " + line + " (expected: cpu and 8 numbers)");
    }
    long total = 0;
    for (int i = 1; i <= 8; i++) {
      total += Long.parseLong(fields[i]);
    }
    long steal = Long.parseLong(fields[8]);
    long idle = Long.parseLong(fields[4]) + Long.parseLong(fields[5]);
    return new Machine(total - idle - steal, steal, total);
  }

  /** Reads the name in brackets of a line of {@code /proc/PID/stat}, numbers at its end cut off. */
  static String parseGroup(String line) {
    String name = line.substring(line.indexOf('(') + 1, line.lastIndexOf(')'));
    return name.replaceAll("[-# ]*[0-9]+$", "");
  }

  /** Reads {@code VmRSS} of {@code /proc/PID/status}, in KiB; 0 where there is none. */
  static long parseResidentKib(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> line.substring(6).replace("kB", "").strip())
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(0);
  }

  Machine machine() {
    return parseMachine(
        read(proc.resolve("stat")).lines().findFirst().orElse("nothing in /proc/stat"));
  }

  /** These processes and all that descend from them, as far as they live. */
  public Set<Long> tree(Set<Long> roots) {
    var entries = new ArrayList<Entry>();
    try (var children = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path child : children) {
        entry(child).ifPresent(entries::add);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var tree = new HashSet<Long>();
    entries.stream().map(Entry::pid).filter(roots::contains).forEach(tree::add);
    boolean grown = true;
    while (grown) {
      grown = false;
      for (Entry entry : entries) {
        grown |= tree.contains(entry.parent()) && tree.add(entry.pid());
      }
    }
    return tree;
  }

  public long ticks(Set<Long> pids) {
    return pids.stream()
        .map(pid -> entry(proc.resolve(Long.toString(pid))))
        .flatMap(Optional::stream)
        .mapToLong(Entry::ticks)
        .sum();
  }

  /**
   * Times of a process' living threads by the name of their kind. Linux keeps 15 characters of a
   * name, so kinds that differ only behind those are one.
   */
  public Map<String, Long> threadTicks(long pid) {
    var ticks = new HashMap<String, Long>();
    Path tasks = proc.resolve(Long.toString(pid)).resolve("task");
    try (var threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        readIfThere(thread.resolve("stat"))
            .ifPresent(line -> ticks.merge(parseGroup(line), parse(line).ticks(), Long::sum));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ticks;
  }

  public long residentKib(Set<Long> pids) {
    return List.copyOf(pids).stream()
        .map(pid -> readIfThere(proc.resolve(Long.toString(pid)).resolve("status")))
        .flatMap(Optional::stream)
        .mapToLong(ProcStat::parseResidentKib)
        .sum();
  }

  private static Optional<Entry> entry(Path process) {
    return readIfThere(process.resolve("stat")).map(ProcStat::parse);
  }

  /** Empty when the process has ended: files of {@code /proc} vanish at any time. */
  private static Optional<String> readIfThere(Path file) {
    try {
      return Optional.of(Files.readString(file));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
