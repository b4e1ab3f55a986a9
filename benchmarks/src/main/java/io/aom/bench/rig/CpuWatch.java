package io.aom.bench.rig;

import java.util.Set;

/** What a system uses between two moments, and what others do meanwhile. */
public final class CpuWatch {
  private final ProcStat proc;
  private final Server server;
  private final Set<Long> pids;
  private final Set<Long> own = Set.of(ProcessHandle.current().pid());
  private final ProcStat.Machine machine;
  private final long ownTicks;
  private final long ticks;

  /**
   * What was used.
   *
   * @param micros processor time of all processes of the system, in steps of 10 ms
   * @param residentMib of all processes, now
   * @param foreign share of the machine that neither the system nor we had, or that the hypervisor
   *     took; 0 to 1
   */
  public record Used(long micros, long residentMib, double foreign) {
    /** Share of foreign time above which a figure is not to be quoted. */
    public static final double FOREIGN_LIMIT = 0.15;
  }

  private CpuWatch(ProcStat proc, Server server) {
    this.proc = proc;
    this.server = server;
    this.pids = living(proc, server);
    this.machine = proc.machine();
    this.ownTicks = proc.ticks(own);
    this.ticks = proc.ticks(pids);
  }

  /**
   * Begins to watch.
   *
   * @throws IllegalStateException if one of the system's processes has ended
   */
  public static CpuWatch begin(ProcStat proc, Server server) {
    return new CpuWatch(proc, server);
  }

  /**
   * What was used until now.
   *
   * @throws IllegalStateException if a process has ended: its time would be missing
   */
  public Used used() {
    if (!proc.tree(server.pids()).containsAll(pids)) {
      throw new IllegalStateException(server.name() + ": a process has ended meanwhile");
    }
    long used = proc.ticks(pids) - ticks;
    long ownUsed = proc.ticks(own) - ownTicks;
    ProcStat.Machine after = proc.machine();
    double foreign =
        (double) (after.busy() - machine.busy() - used - ownUsed + after.steal() - machine.steal())
            / Math.max(1, after.total() - machine.total());
    return new Used(
        used * ProcStat.MICROS_PER_TICK, proc.residentKib(pids) / 1024, Math.max(0, foreign));
  }

  private static Set<Long> living(ProcStat proc, Server server) {
    Set<Long> pids = proc.tree(server.pids());
    if (!pids.containsAll(server.pids())) {
      throw new IllegalStateException(server.name() + ": a process has ended: " + server.pids());
    }
    return pids;
  }
}
