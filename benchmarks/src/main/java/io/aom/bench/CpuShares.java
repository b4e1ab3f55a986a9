package io.aom.bench;

import io.aom.bench.rig.ProcStat;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which processes of a system, and which kinds of threads in them, the time of its rounds went to.
 * Threads that ended during a round are not counted.
 */
final class CpuShares {
  private static final int MOST_KINDS = 8;

  private final ProcStat proc;
  private final Map<String, Long> processes;
  private final Map<String, Long> byProcess = new HashMap<>();
  private final Map<String, Long> byThreads = new HashMap<>();

  /** What the system has used since its processes started. */
  record Reading(Map<String, Long> byProcess, Map<String, Long> byThreads) {}

  /**
   * @param processes pids by name
   */
  CpuShares(ProcStat proc, Map<String, Long> processes) {
    this.proc = proc;
    this.processes = processes;
  }

  Reading read() {
    var ofProcesses = new HashMap<String, Long>();
    var ofThreads = new HashMap<String, Long>();
    processes.forEach(
        (name, pid) -> {
          Map<String, Long> threads = proc.threadTicks(pid);
          ofProcesses.put(name, threads.values().stream().mapToLong(Long::longValue).sum());
          threads.forEach((kind, ticks) -> ofThreads.put(name + '/' + kind, ticks));
        });
    return new Reading(ofProcesses, ofThreads);
  }

  /** Counts what was used since an earlier reading. */
  void addSince(Reading before) {
    Reading now = read();
    add(byProcess, before.byProcess, now.byProcess);
    add(byThreads, before.byThreads, now.byThreads);
  }

  private static void add(Map<String, Long> sums, Map<String, Long> before, Map<String, Long> now) {
    now.forEach(
        (name, ticks) ->
            sums.merge(name, Math.max(0, ticks - before.getOrDefault(name, 0L)), Long::sum));
  }

  @Override
  public String toString() {
    return "CPU by process: " + largest(byProcess) + "; by threads: " + largest(byThreads);
  }

  private String largest(Map<String, Long> sums) {
    long all = Math.max(1, byProcess.values().stream().mapToLong(Long::longValue).sum());
    return sums.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(MOST_KINDS)
        .map(entry -> entry.getKey() + ' ' + Math.round(100.0 * entry.getValue() / all) + " %")
        .collect(Collectors.joining(", "));
  }
}
