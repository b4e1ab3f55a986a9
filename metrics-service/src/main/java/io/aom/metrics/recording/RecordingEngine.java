package io.aom.metrics.recording;

import io.aom.service.pace.PacedLoop;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** Starts evaluation with the application, and stops it. */
class RecordingEngine implements SmartLifecycle {
  private final GroupKeeper keeper;
  private final InstantSource clock;
  private volatile @Nullable PacedLoop loop;

  RecordingEngine(GroupKeeper keeper, InstantSource clock) {
    this.keeper = keeper;
    this.clock = clock;
  }

  /** Has the rules read again at once. */
  void rulesChanged() {
    PacedLoop running = loop;
    if (running != null) {
      running.wake();
    }
  }

  @Override
  public void start() {
    loop = PacedLoop.start("recording-rules", keeper, clock);
  }

  @Override
  public void stop() {
    PacedLoop running = loop;
    loop = null;
    if (running != null) {
      running.close();
      keeper.close();
    }
  }

  @Override
  public boolean isRunning() {
    return loop != null;
  }
}
