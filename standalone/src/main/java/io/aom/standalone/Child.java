package io.aom.standalone;

import io.aom.localstack.ServerProcess;
import io.aom.localstack.ServerStartException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one server running: notices that it died, says so, and starts it again on the same data,
 * waiting longer each time that it does not stay up.
 */
final class Child {
  private static final Logger LOG = LoggerFactory.getLogger(Child.class);
  private static final Duration READY_PATIENCE = Duration.ofMinutes(3);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration STABLE = Duration.ofMinutes(1);

  private final ServerProcess server;
  private final Duration stopPatience;
  private final Console console;
  private final Runnable changed;
  private volatile boolean ready;
  private volatile boolean stopping;

  /**
   * Keeps nothing running yet.
   *
   * @param stopPatience how long it may take to stop before it is killed
   * @param changed called after it became ready or stopped being so
   */
  Child(ServerProcess server, Duration stopPatience, Console console, Runnable changed) {
    this.server = server;
    this.stopPatience = stopPatience;
    this.console = console;
    this.changed = changed;
  }

  String name() {
    return server.name();
  }

  boolean isReady() {
    return ready;
  }

  State.Running state() {
    return new State.Running(server.name(), server.isRunning() ? server.pid() : 0, server.port());
  }

  /** Starts the process without waiting for it. */
  void launch() throws ServerStartException, InterruptedException {
    server.launch();
  }

  /** Waits until it is ready, and watches it from then on. */
  void awaitReady() throws ServerStartException, InterruptedException {
    server.awaitReady(READY_PATIENCE);
    ready = true;
    console.step(server.name() + " is ready on port " + server.port());
    changed.run();
    Thread.ofVirtual().name("watch-" + server.name()).start(this::watch);
  }

  /** Stops it for good. */
  void stop() throws InterruptedException {
    stopping = true;
    ready = false;
    synchronized (this) {
      server.stop(stopPatience);
    }
  }

  private void watch() {
    Duration pause = FIRST_PAUSE;
    try {
      while (!stopping) {
        long since = System.nanoTime();
        int exit = server.onExit().join();
        if (stopping) {
          return;
        }
        ready = false;
        changed.run();
        say(server.name() + " died (exit " + exit + "), starting it again");
        if (System.nanoTime() - since > STABLE.toNanos()) {
          pause = FIRST_PAUSE;
        }
        pause = restart(pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration restart(Duration firstPause) throws InterruptedException {
    Duration pause = firstPause;
    while (true) {
      Thread.sleep(pause);
      Duration doubled = pause.multipliedBy(2);
      pause = doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
      try {
        synchronized (this) {
          if (stopping) {
            return pause;
          }
          server.launch();
        }
        server.awaitReady(READY_PATIENCE);
        ready = true;
        say(server.name() + " is ready again");
        changed.run();
        return pause;
      } catch (ServerStartException e) {
        if (stopping) {
          return pause;
        }
        LOG.warn("restart failed", e);
        say(e.getMessage() + "; trying again in " + pause.toSeconds() + " s");
      }
    }
  }

  private void say(String line) {
    LOG.warn(line);
    console.step(line);
  }
}
