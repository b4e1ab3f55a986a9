package io.aom.service.pace;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** Starts a piece of work with the application, and ends it. */
public class PacedLifecycle implements SmartLifecycle {
  private final String name;
  private final Paced work;
  private final Runnable stopped;
  private final InstantSource clock;
  private volatile @Nullable PacedLoop loop;

  /**
   * @param stopped called after the last step
   */
  public PacedLifecycle(String name, Paced work, Runnable stopped, InstantSource clock) {
    this.name = name;
    this.work = work;
    this.stopped = stopped;
    this.clock = clock;
  }

  /** Has the next step done at once. */
  public void wake() {
    PacedLoop running = loop;
    if (running != null) {
      running.wake();
    }
  }

  @Override
  public void start() {
    loop = PacedLoop.start(name, work, clock);
  }

  @Override
  public void stop() {
    PacedLoop running = loop;
    loop = null;
    if (running != null) {
      running.close();
      stopped.run();
    }
  }

  @Override
  public boolean isRunning() {
    return loop != null;
  }
}
