package io.aom.testkit;

import io.aom.localstack.ServerProcess;
import io.aom.localstack.ServerStartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;

/** A server as a child JVM under {@code target/infra} of the module under test. */
final class ChildJvm implements ServerControl {
  private static final System.Logger LOG = System.getLogger(ChildJvm.class.getName());
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int TRIES = 3;
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** Makes the server for a directory, on ports of its choice. */
  interface Recipe {
    ServerProcess in(Path dir) throws ServerStartException;
  }

  private final Path dir;
  private final ServerProcess server;

  private ChildJvm(Path dir, ServerProcess server) {
    this.dir = dir;
    this.server = server;
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "end-" + server.name()));
  }

  static ChildJvm start(Recipe recipe) {
    return uninterrupted(
        () -> {
          ServerStartException last = null;
          for (int i = 0; i < TRIES; i++) { // A port may be taken between the look and the start.
            Path dir = newDir();
            ServerProcess server = recipe.in(dir);
            try {
              server.start(PATIENCE);
              LOG.log(
                  Level.INFO,
                  "{0} runs as child JVM {1} on port {2} (log: {3})",
                  server.name(),
                  Long.toString(server.pid()),
                  Integer.toString(server.port()),
                  server.logFile());
              return new ChildJvm(dir, server);
            } catch (ServerStartException e) {
              last = e;
            }
          }
          throw new IllegalStateException(last);
        });
  }

  @Override
  public String address() {
    return "127.0.0.1:" + server.port();
  }

  @Override
  public void kill() {
    uninterrupted(
        () -> {
          server.kill();
          return this;
        });
  }

  @Override
  public void restart() {
    uninterrupted(
        () -> {
          server.kill();
          server.start(PATIENCE);
          return this;
        });
  }

  @Override
  public void pause() {
    uninterrupted(
        () -> {
          server.pause();
          return this;
        });
  }

  @Override
  public void resume() {
    uninterrupted(
        () -> {
          server.resume();
          return this;
        });
  }

  /** Ends the server and removes its data; its logs stay for whoever looks into a failed test. */
  @Override
  public void close() {
    wipe();
  }

  /** Kills the server and removes its data. */
  void wipe() {
    kill();
    Path data = dir.resolve(server.name());
    if (!Files.exists(data)) {
      return;
    }
    try (var files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path newDir() {
    return Path.of(
        "target", "infra", ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
  }

  private interface Step<T> {
    T run() throws ServerStartException, InterruptedException;
  }

  private static <T> T uninterrupted(Step<T> step) {
    try {
      return step.run();
    } catch (ServerStartException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a server was started or ended", e);
    }
  }
}
