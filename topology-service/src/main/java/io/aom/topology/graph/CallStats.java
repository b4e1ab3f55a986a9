package io.aom.topology.graph;

/** Calls, how many failed, and how long they took. Not thread-safe. */
public final class CallStats {
  private long calls;
  private long errors;
  private final LatencySketch durations = new LatencySketch();

  void add(long moreCalls, long moreErrors) {
    calls += moreCalls;
    errors += moreErrors;
  }

  void add(CallStats other) {
    add(other.calls, other.errors);
    durations.add(other.durations);
  }

  public long calls() {
    return calls;
  }

  public long errors() {
    return errors;
  }

  public LatencySketch durations() {
    return durations;
  }
}
